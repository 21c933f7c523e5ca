"""Sales of packs and their payments."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from gamedesk_sales.model.deliveries import Delivery
from gamedesk_sales.model.packs import PackLine

Method = Literal["wechat_pay", "alipay", "wechat_transfer", "bank_transfer", "other"]

OrderState = Literal["paid", "delivered", "cancelled", "partly_refunded", "refunded"]

LONGEST_TRANSACTION_ID = 64

_NUMBER = re.compile(r"(?:O-?)?0*([1-9][0-9]{0,17})", re.IGNORECASE | re.ASCII)

# The payment service itself says that these were paid.
_CONFIRMED = frozenset({"wechat_pay", "alipay"})


def needs_confirmation(method: Method, due_fen: int, paid_fen: int) -> bool:
    """All else, and whatever is less than due, stays unverified until someone other than the seller has seen the money:
    nobody lowers a price by himself."""
    return method not in _CONFIRMED or paid_fen < due_fen


def normal_transaction_id(typed: str) -> str:
    """A payment's number as it is stored, so that one payment is one text however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def display_number(number: int) -> str:
    """What people say."""
    return f"O-{number:06d}"


def number_in(typed: str) -> int | None:
    """The number of an order in what somebody typed: O-000123, o123, 123; None if it is none."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    return int(found[1]) if found else None


@dataclass(frozen=True)
class NewOrder:
    """From a quote, or else from a pack; `price_fen`, if given, is the price that the seller saw."""

    player_id: UUID
    method: Method
    transaction_id: str
    amount_paid_fen: int
    paid_at: datetime
    quote_id: UUID | None = None
    pack_code: str | None = None
    pack_revision: int | None = None
    price_fen: int | None = None
    profile_id: UUID | None = None
    campaign_id: UUID | None = None
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

    @property
    def games(self) -> set[str]:
        return {line.game_id for line in self.contents}


@dataclass(frozen=True)
class Order:
    """A sale. Credit stays with `seller_agent_id`, whoever owns the player later. Amounts are in fen.

    `stand_in`: sold in the owner's place. `seller_team`, `tier` and `minor_band` are those of then.
    """

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
    payment_rejected: bool = False
    quote_id: UUID | None = None
    campaign_id: UUID | None = None
    stand_in: bool = False
    refunded_fen: int = 0
    seller_team: str = ""
    tier: str = "none"
    minor_band: str = "none"
    delivery: Delivery = field(default_factory=lambda: Delivery("stopped"))

    @property
    def display_number(self) -> str:
        return display_number(self.number)

    @property
    def game_id(self) -> str | None:
        """All items of a pack are of one game, whether or not an account in it is known."""
        return self.pack.contents[0].game_id if self.pack.contents else None


def named_state(order: Order) -> OrderState:
    """The name of what happened to a sale: what was given back wins over what the game gave."""
    if order.state == "cancelled":
        return "cancelled"
    if order.refunded_fen:
        return "refunded" if order.refunded_fen == order.amount_paid_fen else "partly_refunded"
    return "delivered" if order.delivery.state == "delivered" else "paid"
