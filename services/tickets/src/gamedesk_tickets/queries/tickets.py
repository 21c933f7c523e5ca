"""Tickets: one, and lists of them (R8, R12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets.errors import TicketNotFound
from gamedesk_tickets.model.attachments import Attachment
from gamedesk_tickets.model.tickets import Children, Ticket, Wanted
from gamedesk_tickets.repository import attachments, copies, ticket_lists, tickets


def get_ticket(tx: Connection, ticket_id: UUID) -> Ticket:
    ticket = tickets.get(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    return ticket


def whole_ticket(tx: Connection, ticket_id: UUID) -> tuple[Ticket, Children, list[Attachment]]:
    """A ticket, how many hang on it as the parent of an incident, and its pictures."""
    return get_ticket(tx, ticket_id), tickets.children(tx, ticket_id), attachments.of_ticket(tx, ticket_id)


def list_tickets(tx: Connection, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[Ticket], str | None]:
    """A page; of players, with the tickets of everybody merged with them."""
    if wanted.player_ids:
        wanted = replace(wanted, player_ids=tuple(copies.same_person(tx, wanted.player_ids)))
    shown = decode_cursor(cursor, _cursor_kinds(wanted))
    found = ticket_lists.list_page(tx, wanted, shown, limit + 1)
    return page(found, limit, lambda ticket: [part or "" for part in ticket_lists.sort_key(wanted, ticket)])


def _cursor_kinds(wanted: Wanted) -> list[Callable[[Any], Any]]:
    kinds: dict[str, Callable[[Any], Any]] = {
        "ticket_id": UUID,
        "asked_at": datetime.fromisoformat,
        "next_due_at": lambda text: datetime.fromisoformat(text) if text else None,
    }
    return [kinds[name] for name in ticket_lists.key_names(wanted)]
