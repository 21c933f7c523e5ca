"""Items and what happened to their prices."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import ItemNotFound
from gamedesk_catalog.model.items import Item, PriceChange
from gamedesk_catalog.repository import items


def get_item(tx: Connection, item_id: UUID) -> Item:
    item = items.get(tx, item_id)
    if item is None:
        raise ItemNotFound()
    return item


def list_items(
    tx: Connection, game_id: str | None, text: str | None, differs: bool | None, cursor: str | None, limit: int
) -> tuple[list[Item], str | None]:
    after = decode_cursor(cursor, [str, str])
    key = (after[0], after[1]) if after else None
    found = items.list_page(tx, game_id=game_id, text=text, differs=differs, after=key, limit=limit + 1)
    return page(found, limit, lambda item: [item.game_id, item.code])


def item_history(tx: Connection, item_id: UUID, cursor: str | None, limit: int) -> tuple[list[PriceChange], str | None]:
    get_item(tx, item_id)
    before = decode_cursor(cursor, [UUID])
    found = items.history(tx, item_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda change: [change.change_id])
