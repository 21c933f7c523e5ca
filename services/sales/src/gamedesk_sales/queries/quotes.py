"""Prices promised to players."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import QuoteNotFound
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.minor_caps import NOT_A_MINOR, Allowance
from gamedesk_sales.model.packs import normal_code
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.repository import copies, minor_caps, quotes


def get_quote(tx: Connection, quote_id: UUID) -> tuple[Quote, Allowance | None]:
    """With what the player may still spend this month, if he is a minor."""
    quote = quotes.get(tx, quote_id)
    if quote is None:
        raise QuoteNotFound()
    band = copies.minor_band_of(tx, quote.player_id)
    if band == NOT_A_MINOR:
        return quote, None
    ids = copies.same_person(tx, [quote.player_id])
    return quote, minor_caps.allowance(tx, band, ids, business_day(now()))


def list_quotes(
    tx: Connection,
    player_ids: Sequence[UUID] | None,
    agent_id: str | None,
    state: str | None,
    pack_code: str | None,
    expires_before: datetime | None,
    made_from: datetime | None,
    made_before: datetime | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Quote], str | None]:
    """The newest first; with `expires_before` open ones alone, the first to end first."""
    wanted = quotes.Filter(
        moment=now(),
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        agent_id=agent_id,
        pack_code=normal_code(pack_code) if pack_code else None,
        state=state,
        made_from=made_from,
        made_before=made_before,
    )
    if expires_before is None:
        before = decode_cursor(cursor, [UUID])
        found = quotes.list_page(tx, wanted, before[0] if before else None, limit + 1)
        return page(found, limit, lambda quote: [quote.quote_id])
    key = decode_cursor(cursor, [datetime.fromisoformat, UUID])
    after = (key[0], key[1]) if key else None
    if state not in (None, "open"):
        return [], None
    found = quotes.expiring_page(tx, wanted, expires_before, after, limit + 1)
    return page(found, limit, lambda quote: [quote.expires_at, quote.quote_id])


def count_quotes(tx: Connection, pack_ids: Sequence[UUID]) -> dict[UUID, quotes.Count]:
    return quotes.counts(tx, pack_ids, now())
