"""Packs, and what one would cost."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import PackNotFound
from gamedesk_catalog.model.packs import Pack
from gamedesk_catalog.pricing import Lines, Priced, price_lines
from gamedesk_catalog.repository import items, packs


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
