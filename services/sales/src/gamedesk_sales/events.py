"""What this service publishes: aggregates as event payloads. No free text about a person leaves here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis import outbox
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection

from gamedesk_sales.model.follow_ups import Reminder
from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.model.touches import Touch

SOURCE = "/sales"
TOUCH_RECORDED = "sales.touch.recorded.v1"
ORDER_UPDATED = "sales.order.updated.v1"
QUOTE_UPDATED = "sales.quote.updated.v1"
FOLLOW_UP_DUE = "sales.follow_up.due.v1"
FOLLOW_UP_CHANGED = "sales.follow_up.changed.v1"
SELL_SAFE_CHANGED = "sales.sell_safe.changed.v1"
# A touch never changes, and what is no state is said once.
_TOUCH_VERSION = 1
_SAID_ONCE = 1


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
        "game_id": order.game_id,
        "quote_id": order.quote_id,
        "campaign_id": order.campaign_id,
        "refunded_fen": order.refunded_fen,
        "minor_band": order.minor_band,
        "delivery_state": order.delivery.state,
        "delivery_overdue_since": order.delivery.overdue_since,
        "delivered_at": order.delivery.delivered_at,
        "paid_at": order.paid_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def quote_payload(quote: Quote) -> dict[str, Any]:
    return {
        "quote_id": quote.quote_id,
        "number": quote.display_number,
        "player_id": quote.player_id,
        "agent_id": quote.agent_id,
        "pack_id": quote.pack.pack_id,
        "pack_code": quote.pack.code,
        "pack_revision": quote.pack.revision,
        "state": quote.state,
        "amount_fen": quote.amount_fen,
        "currency": quote.currency,
        "campaign_id": quote.campaign_id,
        "order_id": quote.order_id,
        "expires_at": quote.expires_at,
        "created_at": quote.created_at,
        "updated_at": quote.updated_at,
    }


def touch_recorded(tx: Connection, touch: Touch, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, TOUCH_RECORDED, touch.touch_id, _TOUCH_VERSION, touch_payload(touch), actor, republication)


def order_updated(tx: Connection, order: Order, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, ORDER_UPDATED, order.order_id, order.version, order_payload(order), actor, republication)


def quote_updated(tx: Connection, quote: Quote, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, QUOTE_UPDATED, quote.quote_id, quote.version, quote_payload(quote), actor, republication)


def follow_up_due(tx: Connection, reminder: Reminder) -> None:
    """No state: it is said when it happens and never again."""
    data = {
        "reminder_id": new_id(),
        "player_id": reminder.player_id,
        "agent_id": reminder.agent_id,
        "touch_id": reminder.touch_id,
        "proposal_id": reminder.proposal_id,
        "due_on": reminder.due_on,
    }
    _append(tx, FOLLOW_UP_DUE, data["reminder_id"], _SAID_ONCE, data, None, republication=False)


def follow_up_changed(
    tx: Connection, player_id: UUID, actor: str | None, *, touch_id: UUID | None = None, proposal_id: UUID | None = None
) -> None:
    """No state either, but word to open pages: a follow-up was put off, a proposal made, decided about, withdrawn
    or lapsed, or, with neither, the player may be contacted again or his records are read with others since a merge
    or its undoing."""
    data = {"change_id": new_id(), "player_id": player_id, "touch_id": touch_id, "proposal_id": proposal_id}
    _append(tx, FOLLOW_UP_CHANGED, data["change_id"], _SAID_ONCE, data, actor, republication=False)


def sell_safe_changed(tx: Connection, player_id: UUID, ticket_id: UUID) -> None:
    """No state: word to open pages that his pitch says something else about this ticket than before."""
    data = {"change_id": new_id(), "player_id": player_id, "ticket_id": ticket_id}
    _append(tx, SELL_SAFE_CHANGED, data["change_id"], _SAID_ONCE, data, None, republication=False)


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
