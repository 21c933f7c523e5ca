"""Lines of a player's timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.queries.player_records import Record
from gamedesk_sales.views.deliveries import listed_delivery_view
from gamedesk_sales.views.orders import order_view
from gamedesk_sales.views.quotes import quote_view
from gamedesk_sales.views.refunds import refund_view
from gamedesk_sales.views.touches import touch_view


def record_view(record: Record, moment: datetime) -> dict[str, Any]:
    """What it is about stands under the name of its kind."""
    return {
        "record_id": record.record_id,
        "kind": record.kind,
        "player_id": record.player_id,
        "happened_at": record.happened_at,
        "recorded_at": record.recorded_at,
        **dict.fromkeys(("touch", "order", "quote", "refund", "delivery")),
        record.kind: _view(record, moment),
    }


def _view(record: Record, moment: datetime) -> dict[str, Any]:
    match record.what:
        case Touch() as touch:
            return touch_view(touch)
        case Quote() as quote:
            return quote_view(quote, moment)
        case Order() as order:
            return listed_delivery_view(order, moment) if record.kind == "delivery" else order_view(order)
        case refund:
            return refund_view(refund)
