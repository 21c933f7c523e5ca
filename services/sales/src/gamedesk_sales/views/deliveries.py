"""Deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gamedesk_sales.model.deliveries import Delivery
from gamedesk_sales.model.orders import Order


def delivery_view(delivery: Delivery, moment: datetime) -> dict[str, Any]:
    account = delivery.account
    return {
        "state": delivery.shown_state(moment),
        "account": {
            "profile_id": account.profile_id,
            "game_id": account.game_id,
            "server": account.server,
            "game_account_id": account.game_account_id,
        }
        if account
        else None,
        "attempts": delivery.attempts,
        "last_reason": delivery.last_reason,
        "next_attempt_at": delivery.next_attempt_at,
        "queued_at": delivery.queued_at,
        "delivered_at": delivery.delivered_at,
        "overdue": delivery.overdue,
        "overdue_since": delivery.overdue_since,
    }


def listed_delivery_view(order: Order, moment: datetime) -> dict[str, Any]:
    """A delivery with what says whose it is."""
    return {
        "order_id": order.order_id,
        "number": order.display_number,
        "player_id": order.player_id,
        "seller_agent_id": order.seller_agent_id,
        "pack_code": order.pack.code,
        "pack_name": order.pack.name,
        "order_state": order.state,
        "order_version": order.version,
        "paid_at": order.paid_at,
        **delivery_view(order.delivery, moment),
    }
