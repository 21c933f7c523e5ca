"""Prices promised to players (B2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_sales.model.orders import OrderPack

QuoteState = Literal["open", "sold", "withdrawn", "expired"]


@dataclass(frozen=True)
class QuoteRules:
    """How long a quote holds, how long it may hold from now on, and how long after its end a payment that was made
    before may still be typed in."""

    usual: timedelta
    longest: timedelta
    typing: timedelta


@dataclass(frozen=True)
class NewQuote:
    """`price_fen` is the price that the seller saw. `expires_at` None: as long as usual."""

    player_id: UUID
    pack_code: str
    pack_revision: int
    price_fen: int
    profile_id: UUID | None = None
    campaign_id: UUID | None = None
    expires_at: datetime | None = None
    valid_minutes: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Quote:
    """A price promised until `expires_at`, with the pack, the seller's team and the player's tier as they were.
    Amounts are in fen.

    `state` is the one that is stored; `state_at` is the truth. `order_id`: what was sold by it.
    """

    quote_id: UUID
    number: int
    player_id: UUID
    agent_id: str
    stand_in: bool
    profile_id: UUID | None
    pack: OrderPack
    amount_fen: int
    currency: str
    campaign_id: UUID | None
    note: str
    expires_at: datetime
    state: QuoteState
    version: int
    created_at: datetime
    updated_at: datetime
    order_id: UUID | None = None
    extended_by: str | None = None
    extended_at: datetime | None = None
    extend_reason: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdraw_reason: str | None = None
    agent_team: str = ""
    tier: str = "none"

    @property
    def display_number(self) -> str:
        return f"Q-{self.number:06d}"

    def state_at(self, moment: datetime) -> QuoteState:
        return "expired" if self.state == "open" and self.expires_at <= moment else self.state

    def covers(self, paid_at: datetime, moment: datetime, rules: QuoteRules) -> bool:
        """Whether a payment of `paid_at` that is typed in at `moment` still buys at this price."""
        if self.state not in ("open", "expired"):
            return False
        return paid_at <= self.expires_at and moment <= self.expires_at + rules.typing
