"""Money that was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_sales.model.orders import Method


@dataclass(frozen=True)
class NewRefund:
    amount_fen: int
    reason: str
    method: Method
    refunded_at: datetime
    transaction_id: str | None = None


@dataclass(frozen=True)
class Refund:
    """`after_delivery`: the game had delivered before; the items stay with the player. None: nobody knows yet; the
    game's next answer about the order settles it, once."""

    refund_id: UUID
    order_id: UUID
    number_of_order: int
    player_id: UUID
    amount_fen: int
    currency: str
    reason: str
    method: Method
    transaction_id: str | None
    refunded_at: datetime
    refunded_by: str
    after_delivery: bool | None
    recorded_at: datetime
