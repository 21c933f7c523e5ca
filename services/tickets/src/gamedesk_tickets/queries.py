"""What can be asked. Reads only; the first argument is always the transaction."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets import repository
from gamedesk_tickets.errors import TicketNotFound
from gamedesk_tickets.model import Entry, Ticket, Wanted


def get_ticket(tx: Connection, ticket_id: UUID) -> Ticket:
    ticket = repository.get(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    return ticket


def list_tickets(tx: Connection, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[Ticket], str | None]:
    shown = decode_cursor(cursor, [UUID])
    found = repository.list_page(tx, wanted, shown[0] if shown else None, limit + 1)
    return page(found, limit, lambda ticket: [ticket.ticket_id])


def get_entry(tx: Connection, entry_id: UUID) -> Entry:
    entry = repository.get_entry(tx, entry_id)
    assert entry is not None, "entries are never deleted"
    return entry


def list_entries(tx: Connection, ticket_id: UUID, cursor: str | None, limit: int) -> tuple[list[Entry], str | None]:
    """The timeline, oldest first."""
    get_ticket(tx, ticket_id)
    after = decode_cursor(cursor, [int])
    found = repository.entries_page(tx, ticket_id, after[0] if after else None, limit + 1)
    return page(found, limit, lambda entry: [entry.position])
