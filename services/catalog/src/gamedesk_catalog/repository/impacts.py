"""What price changes did to packs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.bulk import values_of
from sqlalchemy import Connection, Select, delete, insert, select

from gamedesk_catalog.model.impacts import PackImpact, PriceImpact
from gamedesk_catalog.tables import item_decisions, packs, price_impact_packs, price_impacts

# An impact may take some thousand packs with it.
_PURGED_IMPACTS = 20
_PURGED_DECISIONS = 1000
_OF_PACK = [column.name for column in price_impact_packs.c if column.name != "impact_id"]


def record(tx: Connection, impact: PriceImpact, of_packs: Sequence[PackImpact]) -> None:
    """Keep an impact and what it did to each pack: two statements, whatever their number."""
    tx.execute(insert(price_impacts).values(**vars(impact)))
    names = ["impact_id", *_OF_PACK]
    rows = [{"impact_id": impact.impact_id, **{name: getattr(one, name) for name in _OF_PACK}} for one in of_packs]
    new = values_of(price_impact_packs, names, rows)
    tx.execute(insert(price_impact_packs).from_select(names, select(*[new.c[name] for name in names])))


def get(tx: Connection, impact_id: UUID) -> PriceImpact | None:
    row = tx.execute(select(price_impacts).where(price_impacts.c.impact_id == impact_id)).one_or_none()
    return PriceImpact(**row._mapping) if row else None


def page_query(
    *, game_id: str | None, cause_id: str | None, pack_id: UUID | None = None, before: UUID | None, limit: int
) -> Select[Any]:
    query = select(price_impacts).order_by(price_impacts.c.impact_id.desc()).limit(limit)
    for column, value in ((price_impacts.c.game_id, game_id), (price_impacts.c.cause_id, cause_id)):
        if value is not None:
            query = query.where(column == value)
    if pack_id is not None:
        of_it = select(price_impact_packs.c.impact_id).where(price_impact_packs.c.pack_id == pack_id)
        query = query.where(price_impacts.c.impact_id.in_(of_it))
    return query if before is None else query.where(price_impacts.c.impact_id < before)


def list_page(
    tx: Connection,
    *,
    game_id: str | None,
    cause_id: str | None,
    pack_id: UUID | None = None,
    before: UUID | None,
    limit: int,
) -> list[PriceImpact]:
    """The newest first (ids are made in the order of time)."""
    rows = tx.execute(page_query(game_id=game_id, cause_id=cause_id, pack_id=pack_id, before=before, limit=limit))
    return [PriceImpact(**row._mapping) for row in rows]


def packs_query(impact_id: UUID, after: UUID | None, limit: int) -> Select[*tuple[Any, ...]]:
    """The page first and then its packs' names, so that no plan walks through other packs."""
    of_packs = price_impact_packs.c
    query = select(*[of_packs[name] for name in _OF_PACK]).where(of_packs.impact_id == impact_id)
    if after is not None:
        query = query.where(of_packs.pack_id > after)
    shown = query.order_by(of_packs.pack_id).limit(limit).subquery()
    columns = [packs.c.code, packs.c.name, packs.c.created_by, *shown.c]
    return select(*columns).join(shown, shown.c.pack_id == packs.c.pack_id).order_by(shown.c.pack_id)


def list_packs(tx: Connection, impact_id: UUID, after: UUID | None, limit: int) -> list[PackImpact]:
    """By pack id; names and codes are those of today."""
    return [PackImpact(**row._mapping) for row in tx.execute(packs_query(impact_id, after, limit))]


def of_pack(tx: Connection, pack_id: UUID, impact_ids: Sequence[UUID]) -> dict[UUID, PackImpact]:
    """What each of these impacts did to a pack."""
    did = price_impact_packs.c
    columns = [packs.c.code, packs.c.name, packs.c.created_by, *[did[name] for name in _OF_PACK]]
    query = select(did.impact_id, *columns).join(packs, packs.c.pack_id == did.pack_id)
    rows = tx.execute(query.where(did.pack_id == pack_id, did.impact_id.in_(impact_ids)))
    return {row[0]: PackImpact(**{n: v for n, v in row._mapping.items() if n != "impact_id"}) for row in rows}


def purge(tx: Connection, older_than: datetime) -> int:
    """Delete some impacts, with what they did to packs, and decisions, of before `older_than`; returns how many."""
    deleted = 0
    for key, at, limit in (
        (price_impacts.c.impact_id, price_impacts.c.at, _PURGED_IMPACTS),
        (item_decisions.c.decision_id, item_decisions.c.decided_at, _PURGED_DECISIONS),
    ):
        old = select(key).where(at < older_than).limit(limit)
        deleted += tx.execute(delete(key.table).where(key.in_(old))).rowcount
    return deleted
