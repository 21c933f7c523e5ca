"""Contacts with players and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_sales.model.business_days import CLOCK_TOLERANCE

Outcome = Literal["won", "lost", "thinking", "no_reply", "do_not_contact"]


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
    campaign_id: UUID | None = None
    quote_id: UUID | None = None


@dataclass(frozen=True)
class Touch:
    """One contact with a player and how it ended. `order_id`: the sale that it was recorded with. Of the pack that
    was offered, `offered_price_fen` and `offered_discount_bp` are those of then."""

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
    campaign_id: UUID | None = None
    quote_id: UUID | None = None
    agent_team: str = ""
    tier: str = "none"
    offered_price_fen: int | None = None
    offered_discount_bp: int | None = None
    reason: str | None = None


# A payment is typed in after the talk that it came of.
_PAYMENT_TYPED_WITHIN = timedelta(days=1)


def answers_until(touch: Touch) -> datetime:
    """Until when what was promised is answered by this contact: until it happened; of a sale of today, until it was
    recorded."""
    soon = touch.order_id is not None and touch.recorded_at - touch.occurred_at < _PAYMENT_TYPED_WITHIN
    return (touch.recorded_at if soon else touch.occurred_at) + CLOCK_TOLERANCE
