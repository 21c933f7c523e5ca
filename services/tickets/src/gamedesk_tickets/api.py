"""HTTP: request → command or query → answer. One function per operationId of openapi.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, resources_of_app, time_of

from gamedesk_tickets import commands, queries
from gamedesk_tickets.model import NewEntry, NewTicket, Order, Wanted
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views import entry_view, ticket_view


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root."""

    database: Database


def _resources() -> Resources:
    return resources_of_app()


def list_tickets(
    player_id: list[str] | None = None,
    state: list[str] | None = None,
    assignee: str | None = None,
    responsible: str | None = None,
    waiting_on: str | None = None,
    number: str | None = None,
    order: Order = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    wanted = Wanted(
        player_ids=tuple(UUID(i) for i in player_id or ()),
        states=tuple(state or ()),  # pyright: ignore[reportArgumentType]
        assignee=assignee,
        responsible=responsible,
        waiting_on=waiting_on,  # pyright: ignore[reportArgumentType]
        number=int(number.upper().removeprefix("T").removeprefix("-")) if number else None,
        order=order,
    )
    found, next_cursor = _resources().database.transact(queries.list_tickets, wanted, cursor, limit)
    return answer({"items": [ticket_view(ticket) for ticket in found], "next_cursor": next_cursor})


def create_ticket(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "asked_at": _time(body, "asked_at") or now(),
        "reopens_ticket_id": _id(body, "reopens_ticket_id"),
    }
    outcome = create_once(
        _resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.create_ticket(tx, caller, NewTicket(**fields)),
    )
    return _ticket(UUID(outcome.resource_id), outcome.status)


def get_ticket(ticket_id: str) -> Answer:
    return _ticket(UUID(ticket_id))


def edit_ticket(ticket_id: str, body: dict[str, Any]) -> Answer:
    return _changed(commands.edit_ticket, UUID(ticket_id), changes=body)


def move_ticket(ticket_id: str, body: dict[str, Any]) -> Answer:
    return _changed(commands.move_ticket, UUID(ticket_id), **body)


def list_entries(ticket_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = _resources().database.transact(queries.list_entries, UUID(ticket_id), cursor, limit)
    return answer({"items": [entry_view(entry) for entry in found], "next_cursor": next_cursor})


def append_entry(ticket_id: str, body: dict[str, Any]) -> Answer:
    new = NewEntry(
        **{
            **body,
            "happened_at": _time(body, "happened_at"),
            "consultation_entry_id": _id(body, "consultation_entry_id"),
        }
    )
    database = _resources().database
    outcome = create_once(
        database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.append_entry(tx, caller, UUID(ticket_id), new),
    )
    entry = database.transact(queries.get_entry, UUID(outcome.resource_id))
    return answer(entry_view(entry), outcome.status)


def _ticket(ticket_id: UUID, status: int = 200) -> Answer:
    ticket = _resources().database.transact(queries.get_ticket, ticket_id)
    return answer(ticket_view(ticket), status, version=ticket.version)


def _changed(command: Any, ticket_id: UUID, **arguments: Any) -> Answer:
    """Run an edit of the version in If-Match; who is late gets the state that he has not seen."""
    caller = current_principal()
    try:
        _resources().database.transact(command, caller, ticket_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _ticket(ticket_id)[0]
        raise
    return _ticket(ticket_id)


def _id(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def _time(body: dict[str, Any], field: str) -> datetime | None:
    return time_of(body[field], f"/{field}") if body.get(field) else None
