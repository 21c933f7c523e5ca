"""Items and what happened to their prices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import DecisionNotFound, ItemNotFound, SortNeedsGame
from gamedesk_catalog.model.items import Decision, Item, PriceChange, Wanted
from gamedesk_catalog.repository import items


def get_item(tx: Connection, item_id: UUID) -> Item:
    item = items.get(tx, item_id)
    if item is None:
        raise ItemNotFound()
    return item


def list_items(tx: Connection, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[Item], str | None]:
    """Raises SortNeedsGame."""
    recent = wanted.sort == "recent"
    if recent and wanted.game_id is None:
        raise SortNeedsGame("Choose a game.", pointer="/query/game_id")
    after = decode_cursor(cursor, [datetime.fromisoformat, UUID] if recent else [str, str])
    found = items.list_page(tx, wanted, (after[0], after[1]) if after else None, limit + 1)
    return page(found, limit, lambda i: [i.updated_at.isoformat(), i.item_id] if recent else [i.game_id, i.code])


def get_decision(tx: Connection, decision_id: UUID) -> Decision:
    decision = items.get_decision(tx, decision_id)
    if decision is None:
        raise DecisionNotFound()
    return decision


def item_history(tx: Connection, item_id: UUID, cursor: str | None, limit: int) -> tuple[list[PriceChange], str | None]:
    get_item(tx, item_id)
    before = decode_cursor(cursor, [UUID])
    found = items.history(tx, item_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda change: [change.change_id])
