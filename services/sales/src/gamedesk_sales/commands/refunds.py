"""Giving money back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.deliveries import follow_order
from gamedesk_sales.commands.selling import leads
from gamedesk_sales.errors import NotRefundable, OrderNotFound, OwnOrder, RefundExists, TimeInFuture
from gamedesk_sales.model.business_days import lies_in_future
from gamedesk_sales.model.orders import LONGEST_TRANSACTION_ID, Order, named_state, normal_transaction_id
from gamedesk_sales.model.refunds import NewRefund, Refund
from gamedesk_sales.repository import copies, orders, refunds


def create_refund(tx: Connection, caller: Principal, order_id: UUID, new: NewRefund) -> Outcome:
    """Record that money was given back: never more, all refunds together, than was paid. All of it stops a delivery
    that has not happened. Of who was erased, no words are kept.

    Raises OrderNotFound, OwnOrder, NotAllowed, NotRefundable, TimeInFuture, RefundExists, InvalidInput.
    """
    found = orders.get(tx, order_id)
    if found is None:
        raise OrderNotFound()
    erased = copies.is_erased(tx, found.player_id)  # before the order is locked, as whoever erases does
    order = orders.lock(tx, order_id) or found
    if order.seller_agent_id == caller.id:
        raise OwnOrder("Ask a colleague to give it back.")
    if not leads(tx, caller, order.seller_agent_id):
        raise NotAllowed("Only a lead of its seller's team or an admin.")
    _require_refundable(order, new)
    moment = now()
    if lies_in_future(new.refunded_at, moment):
        raise TimeInFuture("Give the time at which it was paid back.", pointer="/refunded_at")
    if new.refunded_at < order.paid_at:
        raise NotRefundable("That is before it was paid.", pointer="/refunded_at", left_fen=_left(order))
    refund = Refund(
        refund_id=new_id(),
        order_id=order_id,
        number_of_order=order.number,
        player_id=order.player_id,
        amount_fen=new.amount_fen,
        currency=order.currency,
        reason="" if erased else new.reason,
        method=new.method,
        transaction_id=_transaction_id(new),
        refunded_at=new.refunded_at,
        refunded_by=caller.id,
        after_delivery=None if order.delivery.uncertain else order.delivery.state == "delivered",
        recorded_at=moment,
    )
    if not refunds.insert_refund(tx, refund):
        raise RefundExists("Look at the refunds of this number.", pointer="/transaction_id")
    order = replace(order, refunded_fen=order.refunded_fen + new.amount_fen, version=order.version + 1)
    order = follow_order(tx, replace(order, state=named_state(order), updated_at=moment), moment)
    orders.save(tx, order)
    events.order_updated(tx, order, caller.id)
    return Outcome(str(refund.refund_id))


def _require_refundable(order: Order, new: NewRefund) -> None:
    if order.state == "cancelled":
        raise NotRefundable("The order is cancelled.", left_fen=0)
    if not order.verified:
        raise NotRefundable("Its payment is not confirmed: cancel it, or have it confirmed.", left_fen=0)
    left = _left(order)
    if new.amount_fen > left:
        raise NotRefundable("That is more than is left of what was paid.", pointer="/amount_fen", left_fen=left)


def _left(order: Order) -> int:
    return order.amount_paid_fen - order.refunded_fen


def _transaction_id(new: NewRefund) -> str | None:
    if new.transaction_id is None:
        return None
    number = normal_transaction_id(new.transaction_id)
    if len(number) > LONGEST_TRANSACTION_ID:
        raise InvalidInput("Such a payment number is too long.", pointer="/transaction_id")
    return number
