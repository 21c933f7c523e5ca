"""What sales adds to a player's timeline."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import copies, orders, touches


def list_records(tx: Connection, player_id: UUID, before: UUID | None, limit: int) -> list[Touch | Order]:
    """Touches and orders of a person, the last recorded first: ids are made in the order of time."""
    ids = copies.same_person(tx, [player_id])
    sold = orders.list_page(tx, player_ids=ids, seller=None, state=None, verified=None, before=before, limit=limit)
    records: list[Touch | Order] = [*touches.newest_of(tx, ids, before, limit), *sold]
    return sorted(records, key=record_id, reverse=True)[:limit]


def record_id(record: Touch | Order) -> UUID:
    return record.touch_id if isinstance(record, Touch) else record.order_id
