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
    named. `accounts`: how many he has in the pack's games that are known, to deliver to; None if nobody was named."""

    pack: Pack
    items: dict[UUID, Item]
    for_another: bool
    accounts: int | None


def get_offer(tx: Connection, pack_code: str, player_id: UUID | None) -> Offer:
    """To this player, if one is named. Raises PackNotFound."""
    pack = copies.pack(tx, normal_code(pack_code))
    if pack is None:
        raise PackNotFound.named(pack_code)
    for_another, accounts = False, None
    if player_id is not None:
        person = copies.same_person(tx, [player_id])
        for_another = pack.player_id is not None and pack.player_id not in person
        games = {line.game_id for line in pack.contents}
        accounts = sum(known.identified and known.game_id in games for known in copies.profiles_of(tx, person))
    return Offer(pack, copies.items(tx, [UUID(line.item_id) for line in pack.contents]), for_another, accounts)
