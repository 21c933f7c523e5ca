"""Which ticket is about which order that was not delivered in time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_tickets.tables import delivery_tickets


def lock(tx: Connection, order_id: UUID) -> Row[Any]:
    """The order's row, made if there is none: of two events at once the second one waits here."""
    first = {"order_id": order_id, "version": 0}
    tx.execute(insert(delivery_tickets).values(first).on_conflict_do_nothing())
    query = select(delivery_tickets).where(delivery_tickets.c.order_id == order_id)
    return tx.execute(query.with_for_update()).one()


def save(tx: Connection, order_id: UUID, version: int, **values: Any) -> None:
    of_order = delivery_tickets.c.order_id == order_id
    tx.execute(update(delivery_tickets).where(of_order).values(version=version, **values))
