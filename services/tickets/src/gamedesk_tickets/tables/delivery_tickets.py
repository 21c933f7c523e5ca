"""Tickets about orders that were paid and not delivered in time (B7)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid

from gamedesk_tickets.tables.base import metadata

# One row for each order that was ever overdue: the order's id is what makes its ticket the only one. `version`: that of
# the order's event which was followed last. `told`: the state of the delivery by which nothing is owed any more, and
# by which the ticket, if there is one, says so; NULL while it is owed.
delivery_tickets = Table(
    "delivery_tickets",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id")),
    Column("told", String(16)),
    Column("version", Integer, nullable=False),
)
