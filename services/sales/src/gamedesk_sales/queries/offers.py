"""Packs as they can be offered."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales.errors import PackNotFound
from gamedesk_sales.model.packs import Item, Pack, normal_code
from gamedesk_sales.repository import copies


@dataclass(frozen=True)
class Offer:
    """A pack as sales knows it, with today's items by id."""

    pack: Pack
    items: dict[UUID, Item]


def get_offer(tx: Connection, pack_code: str) -> Offer:
    pack = copies.pack(tx, normal_code(pack_code))
    if pack is None:
        raise PackNotFound()
    return Offer(pack, copies.items(tx, [UUID(line.item_id) for line in pack.contents]))
