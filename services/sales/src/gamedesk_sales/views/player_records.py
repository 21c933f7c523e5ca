"""Lines of a player's timeline."""

from __future__ import annotations

from typing import Any

from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.queries.player_records import record_id
from gamedesk_sales.views.orders import order_view
from gamedesk_sales.views.touches import touch_view


def record_view(record: Touch | Order) -> dict[str, Any]:
    """A line of the player's timeline."""
    touch, order = (record, None) if isinstance(record, Touch) else (None, record)
    return {
        "record_id": record_id(record),
        "kind": "touch" if touch else "order",
        "player_id": record.player_id,
        "happened_at": touch.occurred_at if touch else order.paid_at if order else None,
        "recorded_at": touch.recorded_at if touch else order.created_at if order else None,
        "touch": touch_view(touch) if touch else None,
        "order": order_view(order) if order else None,
    }
