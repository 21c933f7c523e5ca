"""Packs, their revisions, and what one would cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.errors import PackNotFound
from gamedesk_catalog.model.packs import Pack, PackFilter, PackSort, Revision
from gamedesk_catalog.pricing import Lines, Priced, check_campaign, price_lines
from gamedesk_catalog.repository import items, pack_revisions, packs

_SORT_KEYS: dict[PackSort, tuple[list[Callable[[Any], Any]], Callable[[Pack], list[Any]]]] = {
    "newest": ([UUID], lambda pack: [pack.pack_id]),
    "name": ([str, UUID], lambda pack: [packs.name_key(pack), pack.pack_id]),
    "price": ([int, UUID], lambda pack: [pack.price_fen, pack.pack_id]),
}


def get_pack(tx: Connection, id_or_code: UUID | str) -> Pack:
    pack = packs.get(tx, id_or_code)
    if pack is None:
        raise PackNotFound.named(id_or_code)
    return pack


def list_packs(
    tx: Connection, wanted: PackFilter, sort: PackSort, cursor: str | None, limit: int
) -> tuple[list[Pack], str | None]:
    kinds, key = _SORT_KEYS[sort]
    found = packs.list_page(tx, wanted, sort, decode_cursor(cursor, kinds), limit + 1)
    return page(found, limit, key)


def list_revisions(
    tx: Connection, id_or_code: UUID | str, cursor: str | None, limit: int
) -> tuple[list[Revision], str | None]:
    before = decode_cursor(cursor, [int])
    pack_id = get_pack(tx, id_or_code).pack_id
    found = pack_revisions.list_page(tx, pack_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda revision: [revision.revision])


def preview(tx: Connection, caller: Principal, lines: Lines, discount_bp: int, campaign_id: UUID | None) -> Priced:
    """Raises what `price_lines` and `check_campaign` raise."""
    found = items.by_ids(tx, [item_id for item_id, _ in lines])
    priced = price_lines(tx, caller.role, lines, discount_bp, found, campaign_id)
    check_campaign(tx, caller, campaign_id, priced.game_id, keep=False)
    return priced
