"""What sales adds to a player's timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from gamedesk_chassis.clock import now
from sqlalchemy import Connection

from gamedesk_sales.model.deliveries import record_id
from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import copies, orders, quotes, refunds, touches


@dataclass(frozen=True)
class Record:
    """A line of the timeline: that a player was spoken with, sold, promised, given back, or delivered something.

    What was delivered is its order.
    """

    record_id: UUID
    kind: Literal["touch", "order", "quote", "refund", "delivery"]
    player_id: UUID
    happened_at: datetime
    recorded_at: datetime
    what: Touch | Order | Quote | Refund


def list_records(tx: Connection, player_id: UUID, before: UUID | None, limit: int) -> list[Record]:
    """Those of a person, the last recorded first: ids are made in the order of time."""
    ids = copies.same_person(tx, [player_id])
    sold = orders.list_page(tx, orders.Filter(player_ids=ids), before and (before,), limit)
    promised = quotes.list_page(tx, quotes.Filter(moment=now(), player_ids=ids), before, limit)
    given_back = refunds.list_page(tx, refunds.Filter(player_ids=ids), before and (before,), limit)
    records = [
        *(_of_touch(touch) for touch in touches.newest_of(tx, ids, before, limit)),
        *(Record(order.order_id, "order", order.player_id, order.paid_at, order.created_at, order) for order in sold),
        *(Record(q.quote_id, "quote", q.player_id, q.created_at, q.created_at, q) for q in promised),
        *(Record(r.refund_id, "refund", r.player_id, r.refunded_at, r.recorded_at, r) for r in given_back),
        *(_of_delivery(order) for order in orders.delivered_page(tx, ids, before, limit)),
    ]
    return sorted(records, key=lambda record: record.record_id, reverse=True)[:limit]


def _of_touch(touch: Touch) -> Record:
    return Record(touch.touch_id, "touch", touch.player_id, touch.occurred_at, touch.recorded_at, touch)


def _of_delivery(order: Order) -> Record:
    at = order.delivery.delivered_at
    assert at is not None
    return Record(record_id(order.order_id, at), "delivery", order.player_id, at, at, order)
