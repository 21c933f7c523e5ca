"""What contents cost today, and what their discount means to a role: for packs that are made and for previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from gamedesk_catalog.errors import ItemTwice, OneGamePerPack, PriceTooHigh, UnknownItem
from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import HIGHEST_LIST_PRICE_FEN, Content
from gamedesk_catalog.model.prices import pack_price
from gamedesk_catalog.repository import packs

Lines = Sequence[tuple[UUID, int]]


@dataclass(frozen=True)
class Priced:
    """Contents at today's prices, and what their discount means to the caller's role."""

    game_id: str
    contents: tuple[Content, ...]
    discount_bp: int
    list_price_fen: int
    price_fen: int
    allowed: bool
    needs_approval: bool


def price_lines(tx: Connection, role: str, lines: Lines, discount_bp: int, found: Mapping[UUID, Item]) -> Priced:
    """Price (item id, quantity) lines. Raises UnknownItem, ItemTwice, OneGamePerPack, PriceTooHigh."""
    contents = tuple(_contents(lines, found))
    game_id = contents[0].game_id
    list_price, price = pack_price([(line.unit_price_fen, line.quantity) for line in contents], discount_bp)
    if list_price > HIGHEST_LIST_PRICE_FEN:
        raise PriceTooHigh("Make two packs of it.", pointer="/contents")
    rules = packs.rules(tx)
    allowed = rules.allow(role, game_id, discount_bp, price, contents)
    approvable = rules.approvable(game_id, discount_bp, price, contents)
    return Priced(game_id, contents, discount_bp, list_price, price, allowed, not allowed and approvable)


def _contents(lines: Lines, found: Mapping[UUID, Item]) -> list[Content]:
    contents: list[Content] = []
    for number, (item_id, quantity) in enumerate(lines):
        pointer = f"/contents/{number}/item_id"
        item = found.get(item_id)
        if item is None:
            raise UnknownItem("Choose an item of the list.", pointer=pointer)
        if any(line.item_id == item_id for line in contents):
            raise ItemTwice("State its quantity once.", pointer=pointer)
        if contents and contents[0].game_id != item.game_id:
            raise OneGamePerPack("Make a pack for each game.", pointer=pointer)
        contents.append(
            Content(item_id, item.game_id, item.code, item.name, quantity, item.price_fen, item.game_price_fen)
        )
    return contents
