"""Orders."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_chassis.clock import now

from gamedesk_sales.model.orders import Order
from gamedesk_sales.views.deliveries import delivery_view


def order_view(order: Order) -> dict[str, Any]:
    pack = order.pack
    return {
        "order_id": order.order_id,
        "number": order.display_number,
        "player_id": order.player_id,
        "seller_agent_id": order.seller_agent_id,
        "profile": asdict(order.profile) if order.profile else None,
        "pack": {
            "pack_id": pack.pack_id,
            "code": pack.code,
            "name": pack.name,
            "revision": pack.revision,
            "version": pack.version,
            "discount_bp": pack.discount_bp,
            "list_price_fen": pack.list_price_fen,
            "contents": [asdict(line) for line in pack.contents],
        },
        "amount_due_fen": order.amount_due_fen,
        "amount_paid_fen": order.amount_paid_fen,
        "currency": order.currency,
        "difference_reason": order.difference_reason,
        "method": order.method,
        "transaction_id": order.transaction_id,
        "paid_at": order.paid_at,
        "state": order.state,
        "verified": order.verified,
        "verified_by": order.verified_by,
        "verified_at": order.verified_at,
        "cancelled_by": order.cancelled_by,
        "cancelled_at": order.cancelled_at,
        "cancel_reason": order.cancel_reason,
        "payment_rejected": order.payment_rejected,
        "quote_id": order.quote_id,
        "campaign_id": order.campaign_id,
        "stand_in": order.stand_in,
        "refunded_fen": order.refunded_fen,
        "delivery": delivery_view(order.delivery, now()),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "version": order.version,
    }
