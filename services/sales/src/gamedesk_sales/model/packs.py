"""Copies of items and packs, as they can be offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_REFUSED_STATES = {
    "draft": "draft",
    "pending_approval": "pending_approval",
    "review": "in_review",
    "retired": "retired",
}


def normal_code(typed: str) -> str:
    """A pack code as it is stored; case does not matter when typing it."""
    return typed.upper()


@dataclass(frozen=True)
class Item:
    """A copy of a game item with its effective price of today."""

    item_id: UUID
    name: str
    price_fen: int


@dataclass(frozen=True)
class PackLine:
    """`quantity` pieces of an item, at the price that the pack was computed with."""

    item_id: str
    game_id: str
    code: str
    name: str
    quantity: int
    unit_price_fen: int


@dataclass(frozen=True)
class Pack:
    """A copy of a pack. `version` counts every change in the catalog, `revision` the edits of its contents."""

    pack_id: UUID
    code: str
    name: str
    state: str
    discount_bp: int
    list_price_fen: int
    price_fen: int
    currency: str
    contents: tuple[PackLine, ...]
    revision: int
    valid_from: datetime | None
    valid_until: datetime | None
    campaign_id: UUID | None
    player_id: UUID | None
    updated_at: datetime
    version: int

    def why_not_sellable(self, moment: datetime) -> str | None:
        """None if it may be sold, else draft, pending_approval, in_review, retired, not_yet_valid or expired."""
        if self.state != "active":
            return _REFUSED_STATES.get(self.state, "retired")
        if self.valid_from is not None and self.valid_from > moment:
            return "not_yet_valid"
        if self.valid_until is not None and self.valid_until <= moment:
            return "expired"
        return None
