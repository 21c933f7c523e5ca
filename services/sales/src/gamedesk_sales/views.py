"""Domain objects as the JSON of the contract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gamedesk_sales.model import ContactBlock, Item, LostReason, Order, PackLine, Touch
from gamedesk_sales.queries import Offer, record_id


def reason_view(reason: LostReason) -> dict[str, Any]:
    return {
        "reason_id": reason.reason_id,
        "name": reason.name,
        "needs_note": reason.needs_note,
        "active": reason.active,
        "version": reason.version,
    }


def touch_view(touch: Touch) -> dict[str, Any]:
    return {
        "touch_id": touch.touch_id,
        "player_id": touch.player_id,
        "agent_id": touch.agent_id,
        "outcome": touch.outcome,
        "reason_id": touch.reason_id,
        "reason": touch.reason,
        "situation": touch.situation,
        "player_state": touch.player_state,
        "pack_code": touch.pack_code,
        "order_id": touch.order_id,
        "follow_up_on": touch.follow_up_on,
        "occurred_at": touch.occurred_at,
        "recorded_at": touch.recorded_at,
    }


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


def follow_up_view(touch: Touch, today: date) -> dict[str, Any]:
    overdue = touch.follow_up_on is not None and touch.follow_up_on < today
    return {**touch_view(touch), "overdue": overdue}


def block_view(block: ContactBlock) -> dict[str, Any]:
    return {
        "player_id": block.player_id,
        "in_force": block.lifted_at is None,
        "touch_id": block.touch_id,
        "blocked_by": block.blocked_by,
        "blocked_at": block.blocked_at,
        "lifted_by": block.lifted_by,
        "lifted_at": block.lifted_at,
        "lift_reason": block.lift_reason,
    }


def offer_view(offer: Offer, moment: datetime) -> dict[str, Any]:
    pack = offer.pack
    why_not = pack.why_not_sellable(moment)
    return {
        "pack_code": pack.code,
        "pack_id": pack.pack_id,
        "name": pack.name,
        "revision": pack.revision,
        "state": pack.state,
        "list_price_fen": pack.list_price_fen,
        "discount_bp": pack.discount_bp,
        "price_fen": pack.price_fen,
        "currency": pack.currency,
        "contents": [_offered_line(line, offer.items.get(UUID(line.item_id))) for line in pack.contents],
        "sellable": why_not is None,
        "why_not": why_not,
        "valid_until": pack.valid_until,
        "as_of": pack.updated_at,
    }


def _offered_line(line: PackLine, item: Item | None) -> dict[str, Any]:
    """With the item's name of today, and its price of today where that differs from the pack's."""
    if item is None:
        return {**asdict(line), "current_item_price_fen": None}
    changed = item.price_fen != line.unit_price_fen
    return {**asdict(line), "name": item.name, "current_item_price_fen": item.price_fen if changed else None}


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
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "version": order.version,
    }
