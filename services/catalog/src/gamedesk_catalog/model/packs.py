"""Packs of items, and their codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

PackState = Literal["draft", "pending_approval", "active", "review", "retired"]

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

CODE_LENGTH = 5

HIGHEST_LIST_PRICE_FEN = 10_000_000_000


@dataclass(frozen=True)
class Content:
    """So many of one item in a pack, at the unit price that the pack's price was made of.

    `game_price_fen` is what the game asks for the item now.
    """

    item_id: UUID
    game_id: str
    code: str
    name: str
    quantity: int
    unit_price_fen: int
    game_price_fen: int


@dataclass(frozen=True)
class Pack:
    """`revision` counts edits, `version` every change. `allowed_as` is the role whose rule carries the discount."""

    pack_id: UUID
    code: str
    name: str
    game_id: str
    state: PackState
    discount_bp: int
    list_price_fen: int
    price_fen: int
    currency: str
    allowed_as: str | None
    revision: int
    version: int
    valid_until: datetime | None
    created_by: str
    revised_by: str
    approved_by: str | None
    created_at: datetime
    updated_at: datetime
    contents: tuple[Content, ...] = ()
    campaign_id: UUID | None = None
    player_id: UUID | None = None
    valid_from: datetime | None = None


@dataclass(frozen=True)
class NewPack:
    """What an agent states of a pack. `contents`: (item id, quantity), in the order they are shown in."""

    name: str
    discount_bp: int
    contents: tuple[tuple[UUID, int], ...]
    valid_until: datetime | None = None


def new_code() -> str:
    """A pack code: short, easy to type, without look-alikes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
