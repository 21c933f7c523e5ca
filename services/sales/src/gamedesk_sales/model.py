"""The domain: touches, follow-ups, offers, orders, and what sales knows of players, agents and packs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal
from uuid import UUID

Outcome = Literal["won", "lost", "thinking", "no_reply", "do_not_contact"]
Method = Literal["wechat_pay", "alipay", "wechat_transfer", "bank_transfer", "other"]
OrderState = Literal["paid", "cancelled"]

# Business days are Shanghai's. China keeps one offset all year, so no time zone database is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
# Clocks differ: this much "in the future" is still now.
CLOCK_TOLERANCE = timedelta(minutes=2)
LONGEST_TRANSACTION_ID = 64

# The payment service itself says that these were paid.
_CONFIRMED = frozenset({"wechat_pay", "alipay"})
_REFUSED_STATES = {
    "draft": "draft",
    "pending_approval": "pending_approval",
    "review": "in_review",
    "retired": "retired",
}
# States of a profile in which the game has named an account that a pack can be delivered to.
_IDENTIFIED = frozenset({"ok", "stale", "ambiguous"})


def business_day(moment: datetime) -> date:
    """The day it is in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def lies_in_future(moment: datetime, now: datetime) -> bool:
    return moment > now + CLOCK_TOLERANCE


def needs_confirmation(method: Method) -> bool:
    """All else stays unverified until someone other than the seller has seen the money."""
    return method not in _CONFIRMED


def normal_code(typed: str) -> str:
    """A pack code as it is stored; case does not matter when typing it."""
    return typed.upper()


def normal_transaction_id(typed: str) -> str:
    """A payment's number as it is stored, so that one payment is one text however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


@dataclass(frozen=True)
class Player:
    """A copy of what players says; the person's name and contacts are not known here.

    `ids`: his own, and those of the players who were merged into him, under which records of his are kept.
    """

    player_id: UUID
    owner_agent_id: str
    erased: bool
    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Agent:
    """A copy."""

    agent_id: str
    role: str
    team: str
    active: bool


@dataclass(frozen=True)
class Profile:
    """A copy of one of a player's game profiles."""

    profile_id: UUID
    game_id: str
    server: str | None
    game_account_id: str | None
    state: str

    @property
    def identified(self) -> bool:
        """Whether a pack can be delivered to it."""
        return self.game_account_id is not None and self.state in _IDENTIFIED


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
    valid_until: datetime | None
    updated_at: datetime
    version: int

    def why_not_sellable(self, moment: datetime) -> str | None:
        """None if it may be sold, else draft, pending_approval, in_review, retired or expired."""
        if self.state != "active":
            return _REFUSED_STATES.get(self.state, "retired")
        if self.valid_until is not None and self.valid_until <= moment:
            return "expired"
        return None


@dataclass(frozen=True)
class LostReason:
    """Why a sale was lost; renamed by id, deactivated instead of deleted."""

    reason_id: UUID
    name: str
    needs_note: bool
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class NewTouch:
    player_id: UUID
    outcome: Outcome
    reason_id: UUID | None = None
    situation: str = ""
    player_state: str = ""
    pack_code: str | None = None
    follow_up_on: date | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Touch:
    """One contact with a player and how it ended. `order_id`: the sale that it was recorded with."""

    touch_id: UUID
    player_id: UUID
    agent_id: str
    outcome: Outcome
    reason_id: UUID | None
    situation: str
    player_state: str
    pack_code: str | None
    follow_up_on: date | None
    occurred_at: datetime
    recorded_at: datetime
    order_id: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ContactBlock:
    """A player's wish not to be contacted; in force until a lead lifts it."""

    block_id: UUID
    player_id: UUID
    touch_id: UUID
    blocked_by: str
    blocked_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None


@dataclass(frozen=True)
class NewOrder:
    """`price_fen`, if given, is the price that the seller saw."""

    player_id: UUID
    pack_code: str
    pack_revision: int
    method: Method
    transaction_id: str
    amount_paid_fen: int
    paid_at: datetime
    profile_id: UUID | None = None
    price_fen: int | None = None
    difference_reason: str | None = None


@dataclass(frozen=True)
class OrderProfile:
    """The game account that an order is for, as it was known when it was sold."""

    profile_id: UUID
    game_id: str
    server: str | None
    game_account_id: str


@dataclass(frozen=True)
class OrderPack:
    """What was sold, frozen."""

    pack_id: UUID
    code: str
    name: str
    revision: int
    version: int
    discount_bp: int
    list_price_fen: int
    contents: tuple[PackLine, ...]


@dataclass(frozen=True)
class Order:
    """A sale. Credit stays with `seller_agent_id`, whoever owns the player later. Amounts are in fen."""

    order_id: UUID
    number: int
    player_id: UUID
    seller_agent_id: str
    profile: OrderProfile | None
    pack: OrderPack
    amount_due_fen: int
    amount_paid_fen: int
    currency: str
    difference_reason: str | None
    method: Method
    transaction_id: str
    paid_at: datetime
    state: OrderState
    verified: bool
    version: int
    created_at: datetime
    updated_at: datetime
    verified_by: str | None = None
    verified_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None

    @property
    def display_number(self) -> str:
        return f"O-{self.number:06d}"
