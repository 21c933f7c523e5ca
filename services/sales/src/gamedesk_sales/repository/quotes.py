"""Quotes, with what was promised frozen in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.ids import first_id
from sqlalchemy import Connection, Row, Select, func, insert, select, tuple_, update

from gamedesk_sales.model.orders import OrderPack
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.repository.copies import lines
from gamedesk_sales.tables import quotes

# A quote's id and its time are taken one after the other.
_BETWEEN_ID_AND_TIME = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which quotes; None: whatever. `state` is the one of `moment`; made_from ≤ when it was made < made_before."""

    moment: datetime
    player_ids: Sequence[UUID] | None = None
    agent_id: str | None = None
    pack_code: str | None = None
    state: str | None = None
    made_from: datetime | None = None
    made_before: datetime | None = None


@dataclass(frozen=True)
class Count:
    """The open quotes of a pack; `latest_expires_at`: until when the last of them holds."""

    pack_id: UUID
    open: int
    amount_fen: int
    latest_expires_at: datetime | None


def get(tx: Connection, quote_id: UUID) -> Quote | None:
    return _first(tx, select(quotes).where(quotes.c.quote_id == quote_id))


def lock(tx: Connection, quote_id: UUID) -> Quote | None:
    return _first(tx, select(quotes).where(quotes.c.quote_id == quote_id).with_for_update())


def lock_open(tx: Connection, player_ids: Sequence[UUID], agent_id: str, pack_id: UUID) -> list[Quote]:
    """What this agent has promised this person for the pack and is stored as open."""
    query = select(quotes).where(quotes.c.player_id.in_(player_ids), quotes.c.agent_id == agent_id)
    query = query.where(quotes.c.pack_id == pack_id, quotes.c.state == "open").order_by(quotes.c.quote_id)
    return [_quote(row) for row in tx.execute(query.with_for_update())]


def lock_over(tx: Connection, moment: datetime, limit: int) -> list[Quote]:
    """Those stored as open whose time is over, and that nobody is working on."""
    query = select(quotes).where(quotes.c.state == "open", quotes.c.expires_at <= moment)
    query = query.order_by(quotes.c.expires_at, quotes.c.quote_id).limit(limit)
    return [_quote(row) for row in tx.execute(query.with_for_update(skip_locked=True))]


def list_page(tx: Connection, wanted: Filter, before: UUID | None, limit: int) -> list[Quote]:
    """The newest first (ids are made in the order of time)."""
    query = _matching(wanted).order_by(quotes.c.quote_id.desc()).limit(limit)
    if before is not None:
        query = query.where(quotes.c.quote_id < before)
    if wanted.state == "open":
        query = query.where(quotes.c.state == "open", quotes.c.expires_at > wanted.moment)
    elif wanted.state != "expired" and wanted.state is not None:
        query = query.where(quotes.c.state == wanted.state)
    elif wanted.state == "expired":  # few are over that the job has not seen yet: each kind by its own index
        unseen = query.where(quotes.c.state == "open", quotes.c.expires_at <= wanted.moment)
        rows = [*tx.execute(query.where(quotes.c.state == "expired")), *tx.execute(unseen)]
        return [_quote(row) for row in sorted(rows, key=lambda row: row.quote_id, reverse=True)[:limit]]
    return [_quote(row) for row in tx.execute(query)]


def expiring_page(
    tx: Connection, wanted: Filter, until: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> list[Quote]:
    """Open ones that end before `until`, the first to end first."""
    query = _matching(wanted).where(quotes.c.state == "open", quotes.c.expires_at > wanted.moment)
    query = query.where(quotes.c.expires_at < until).order_by(quotes.c.expires_at, quotes.c.quote_id).limit(limit)
    if after is not None:
        query = query.where(tuple_(quotes.c.expires_at, quotes.c.quote_id) > after)
    return [_quote(row) for row in tx.execute(query)]


def counts(tx: Connection, pack_ids: Sequence[UUID], moment: datetime) -> dict[UUID, Count]:
    columns = (func.count(), func.sum(quotes.c.amount_fen), func.max(quotes.c.expires_at))
    query = select(quotes.c.pack_id, *columns).where(quotes.c.pack_id.in_(pack_ids), quotes.c.state == "open")
    rows = tx.execute(query.where(quotes.c.expires_at > moment).group_by(quotes.c.pack_id))
    return {row[0]: Count(row[0], row[1], int(row[2]), row[3]) for row in rows}


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Quote]:
    query = select(quotes).order_by(quotes.c.quote_id).limit(limit)
    return [_quote(row) for row in tx.execute(query if after is None else query.where(quotes.c.quote_id > after))]


def insert_quote(tx: Connection, quote: Quote) -> int:
    """Store a new quote; its number."""
    pack = quote.pack
    statement = insert(quotes).values(
        quote_id=quote.quote_id,
        player_id=quote.player_id,
        agent_id=quote.agent_id,
        stand_in=quote.stand_in,
        agent_team=quote.agent_team,
        tier=quote.tier,
        profile_id=quote.profile_id,
        pack_id=pack.pack_id,
        pack_code=pack.code,
        pack_name=pack.name,
        pack_revision=pack.revision,
        pack_version=pack.version,
        discount_bp=pack.discount_bp,
        list_price_fen=pack.list_price_fen,
        contents=[asdict(line) for line in pack.contents],
        amount_fen=quote.amount_fen,
        currency=quote.currency,
        campaign_id=quote.campaign_id,
        note=quote.note,
        created_at=quote.created_at,
        **_changing(quote),
    )
    return tx.execute(statement.returning(quotes.c.number)).scalar_one()


def save(tx: Connection, quote: Quote) -> None:
    """What may change once a quote is made."""
    tx.execute(update(quotes).where(quotes.c.quote_id == quote.quote_id).values(_changing(quote)))


def _changing(quote: Quote) -> dict[str, Any]:
    return {
        "expires_at": quote.expires_at,
        "state": quote.state,
        "order_id": quote.order_id,
        "extended_by": quote.extended_by,
        "extended_at": quote.extended_at,
        "extend_reason": quote.extend_reason,
        "withdrawn_by": quote.withdrawn_by,
        "withdrawn_at": quote.withdrawn_at,
        "withdraw_reason": quote.withdraw_reason,
        "version": quote.version,
        "updated_at": quote.updated_at,
    }


def _matching(wanted: Filter) -> Select[Any]:
    query = select(quotes)
    if wanted.player_ids is not None:
        query = query.where(quotes.c.player_id.in_(wanted.player_ids))
    if wanted.agent_id is not None:
        query = query.where(quotes.c.agent_id == wanted.agent_id)
    if wanted.pack_code is not None:
        query = query.where(quotes.c.pack_code == wanted.pack_code)
    # Ids are made in the order of time, and every list is by id: its index leads to the days, too.
    if wanted.made_from is not None:
        earliest = first_id(wanted.made_from - _BETWEEN_ID_AND_TIME)
        query = query.where(quotes.c.created_at >= wanted.made_from, quotes.c.quote_id >= earliest)
    if wanted.made_before is not None:
        latest = first_id(wanted.made_before + _BETWEEN_ID_AND_TIME)
        query = query.where(quotes.c.created_at < wanted.made_before, quotes.c.quote_id < latest)
    return query


def _first(tx: Connection, query: Select[Any]) -> Quote | None:
    row = tx.execute(query).one_or_none()
    return _quote(row) if row else None


def _quote(row: Row[Any]) -> Quote:
    return Quote(
        quote_id=row.quote_id,
        number=row.number,
        player_id=row.player_id,
        agent_id=row.agent_id,
        stand_in=row.stand_in,
        profile_id=row.profile_id,
        pack=OrderPack(
            pack_id=row.pack_id,
            code=row.pack_code,
            name=row.pack_name,
            revision=row.pack_revision,
            version=row.pack_version,
            discount_bp=row.discount_bp,
            list_price_fen=row.list_price_fen,
            contents=lines(row.contents),
        ),
        amount_fen=row.amount_fen,
        currency=row.currency,
        campaign_id=row.campaign_id,
        note=row.note,
        expires_at=row.expires_at,
        state=row.state,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        order_id=row.order_id,
        extended_by=row.extended_by,
        extended_at=row.extended_at,
        extend_reason=row.extend_reason,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
        withdraw_reason=row.withdraw_reason,
        agent_team=row.agent_team,
        tier=row.tier,
    )
