"""What this service publishes: aggregates as event payloads. No free text about a person leaves here."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis import outbox
from sqlalchemy import Connection

from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.touches import Touch

SOURCE = "/sales"
TOUCH_RECORDED = "sales.touch.recorded.v1"
ORDER_UPDATED = "sales.order.updated.v1"
# A touch never changes.
_TOUCH_VERSION = 1


def touch_payload(touch: Touch) -> dict[str, Any]:
    return {
        "touch_id": touch.touch_id,
        "player_id": touch.player_id,
        "agent_id": touch.agent_id,
        "outcome": touch.outcome,
        "reason_id": touch.reason_id,
        "pack_code": touch.pack_code,
        "campaign_id": touch.campaign_id,
        "quote_id": touch.quote_id,
        "follow_up_on": touch.follow_up_on,
        "occurred_at": touch.occurred_at,
        "recorded_at": touch.recorded_at,
    }


def order_payload(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.display_number,
        "player_id": order.player_id,
        "seller_agent_id": order.seller_agent_id,
        "pack_id": order.pack.pack_id,
        "pack_code": order.pack.code,
        "pack_revision": order.pack.revision,
        "state": order.state,
        "amount_due_fen": order.amount_due_fen,
        "amount_paid_fen": order.amount_paid_fen,
        "currency": order.currency,
        "method": order.method,
        "verified": order.verified,
        "game_id": order.profile.game_id if order.profile else None,
        "quote_id": order.quote_id,
        "campaign_id": order.campaign_id,
        "refunded_fen": order.refunded_fen,
        "minor_band": order.minor_band,
        "paid_at": order.paid_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def touch_recorded(tx: Connection, touch: Touch, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, TOUCH_RECORDED, touch.touch_id, _TOUCH_VERSION, touch_payload(touch), actor, republication)


def order_updated(tx: Connection, order: Order, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, ORDER_UPDATED, order.order_id, order.version, order_payload(order), actor, republication)


def _append(
    tx: Connection,
    type: str,
    aggregate_id: Any,
    version: int,
    data: dict[str, Any],
    actor: str | None,
    republication: bool,
) -> None:
    outbox.append(
        tx,
        type=type,
        aggregate_id=aggregate_id,
        version=version,
        data=data,
        source=SOURCE,
        actor=actor,
        republication=republication,
    )
