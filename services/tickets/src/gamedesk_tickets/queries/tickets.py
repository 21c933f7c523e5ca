"""Tickets: one, and lists of them (R8, R12)."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets.errors import TicketNotFound
from gamedesk_tickets.model.tickets import Ticket, Wanted
from gamedesk_tickets.repository import tickets


def get_ticket(tx: Connection, ticket_id: UUID) -> Ticket:
    ticket = tickets.get(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    return ticket


def list_tickets(tx: Connection, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[Ticket], str | None]:
    shown = decode_cursor(cursor, [UUID])
    found = tickets.list_page(tx, wanted, shown[0] if shown else None, limit + 1)
    return page(found, limit, lambda ticket: [ticket.ticket_id])
