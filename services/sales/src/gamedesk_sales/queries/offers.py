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
    """A pack as sales knows it, with today's items by id. `for_another`: made for another player than the one who was
    named."""

    pack: Pack
    items: dict[UUID, Item]
    for_another: bool


def get_offer(tx: Connection, pack_code: str, player_id: UUID | None) -> Offer:
    """To this player, if one is named. Raises PackNotFound."""
    pack = copies.pack(tx, normal_code(pack_code))
    if pack is None:
        raise PackNotFound.named(pack_code)
    for_another = False
    if pack.player_id is not None and player_id is not None:
        for_another = pack.player_id not in copies.same_person(tx, [player_id])
    return Offer(pack, copies.items(tx, [UUID(line.item_id) for line in pack.contents]), for_another)
