"""What can be asked. Reads only; the first argument is always the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import ItemNotFound, PackNotFound, PullNotFound
from gamedesk_catalog.model import DiscountRule, Item, Pack, PriceChange, Pull
from gamedesk_catalog.pricing import Lines, Priced, price_lines
from gamedesk_catalog.repository import items, packs, pulls


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


def get_pull(tx: Connection, pull_id: UUID) -> Pull:
    pull = pulls.get(tx, pull_id)
    if pull is None:
        raise PullNotFound()
    return pull


def get_pack(tx: Connection, id_or_code: UUID | str) -> Pack:
    pack = packs.get(tx, id_or_code)
    if pack is None:
        raise PackNotFound()
    return pack


def list_packs(
    tx: Connection,
    *,
    state: str | None,
    game_id: str | None,
    created_by: str | None,
    text: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Pack], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = packs.list_page(
        tx,
        state=state,
        game_id=game_id,
        created_by=created_by,
        text=text,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda pack: [pack.pack_id])


def preview(tx: Connection, role: str, lines: Lines, discount_bp: int) -> Priced:
    found = items.by_ids(tx, [item_id for item_id, _ in lines])
    return price_lines(tx, role, lines, discount_bp, found)


def list_rules(tx: Connection) -> Sequence[DiscountRule]:
    return packs.list_rules(tx)
