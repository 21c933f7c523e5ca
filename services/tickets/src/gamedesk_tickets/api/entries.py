"""The timeline (R11, R12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_tickets.api.bodies import id_of, moment_of
from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import entries as commands
from gamedesk_tickets.model.tickets import NewEntry
from gamedesk_tickets.queries import entries as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.entries import entry_view


def list_entries(ticket_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_entries, UUID(ticket_id), cursor, limit)
    return answer({"items": [entry_view(entry) for entry in found], "next_cursor": next_cursor})


def append_entry(ticket_id: str, body: dict[str, Any]) -> Answer:
    new = NewEntry(
        **{
            **body,
            "happened_at": moment_of(body, "happened_at"),
            "consultation_entry_id": id_of(body, "consultation_entry_id"),
        }
    )
    database = resources().database
    outcome = create_once(
        database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.append_entry(tx, caller, UUID(ticket_id), new),
    )
    entry = database.read(queries.get_entry, UUID(outcome.resource_id))
    return answer(entry_view(entry), outcome.status)
