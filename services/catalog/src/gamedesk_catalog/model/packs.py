"""Packs of items, and their codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from gamedesk_catalog.model.prices import Rounding

PackState = Literal["draft", "pending_approval", "active", "review", "retired"]
# What of its discount rule a pack breaks.
Breach = Literal["discount", "lowest_price"]
PackSort = Literal["newest", "name", "price"]

# Those of whom somebody has to decide.
WAITING: tuple[PackState, ...] = ("pending_approval", "review")

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
    """`revision` counts edits, `version` every change.

    `allowed_as` is the role whose rule carries the discount, `floor_fen` the lowest price that this rule leaves at the
    game's prices; both are None while nobody has allowed it. `player_id`: made for this player alone. `rejection` is
    why it is a draft again.
    """

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
    description: str = ""
    rounding: Rounding = "fen"
    floor_fen: int | None = None
    review_reason: Breach | None = None
    state_since: datetime | None = None
    rejected_by: str | None = None
    rejected_reason: str | None = None


@dataclass(frozen=True)
class Revision:
    """What an edit made of a pack, as it was then. `contents` are its lines as plain values. `approved_by`: who let
    it be sold last, if somebody had to."""

    pack_id: UUID
    revision: int
    name: str
    description: str
    discount_bp: int
    list_price_fen: int
    price_fen: int
    rounding: Rounding
    contents: tuple[dict[str, Any], ...]
    campaign_id: UUID | None
    player_id: UUID | None
    valid_from: datetime | None
    valid_until: datetime | None
    made_by: str
    made_at: datetime
    approved_by: str | None
    approved_at: datetime | None


@dataclass(frozen=True)
class NewPack:
    """What an agent states of a pack. `contents`: (item id, quantity), in the order they are shown in.

    A draft is not judged, and not sold, before it is submitted.
    """

    name: str
    discount_bp: int
    contents: tuple[tuple[UUID, int], ...]
    valid_until: datetime | None = None
    valid_from: datetime | None = None
    description: str = ""
    campaign_id: UUID | None = None
    player_id: UUID | None = None
    draft: bool = False


@dataclass(frozen=True)
class PackFilter:
    """Which packs a list holds; None: any. `player_id`: made for this player alone. `valid_on`: for sale at some time
    of this day of Shanghai, by its dates. `item_id`: with this item. `rejected`: drafts that were given back."""

    state: str | None = None
    game_id: str | None = None
    created_by: str | None = None
    campaign_id: UUID | None = None
    player_id: UUID | None = None
    valid_on: date | None = None
    text: str | None = None
    item_id: UUID | None = None
    rejected: bool = False


def new_code() -> str:
    """A pack code: short, easy to type, without look-alikes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
