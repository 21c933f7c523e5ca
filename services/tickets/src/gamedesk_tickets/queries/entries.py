"""The timeline of a ticket."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets.model.tickets import Entry
from gamedesk_tickets.queries.tickets import get_ticket
from gamedesk_tickets.repository import entries


def get_entry(tx: Connection, entry_id: UUID) -> Entry:
    entry = entries.get_entry(tx, entry_id)
    assert entry is not None, "entries are never deleted"
    return entry


def list_entries(tx: Connection, ticket_id: UUID, cursor: str | None, limit: int) -> tuple[list[Entry], str | None]:
    """The timeline, oldest first."""
    get_ticket(tx, ticket_id)
    after = decode_cursor(cursor, [int])
    found = entries.entries_page(tx, ticket_id, after[0] if after else None, limit + 1)
    return page(found, limit, lambda entry: [entry.position])
