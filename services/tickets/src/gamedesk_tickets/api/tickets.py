"""Tickets (R8–R12)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_tickets.api.bodies import day_begins, id_of, moment_of
from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import tickets as commands
from gamedesk_tickets.model.tickets import NewTicket, Order, Priority, Wanted
from gamedesk_tickets.queries import tickets as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.attachments import attachment_view
from gamedesk_tickets.views.tickets import ticket_view


def list_tickets(
    player_id: list[str] | None = None,
    state: list[str] | None = None,
    assignee: str | None = None,
    responsible: str | None = None,
    waiting_on: str | None = None,
    number: str | None = None,
    category: str | None = None,
    priority: Priority | None = None,
    game: str | None = None,
    server: str | None = None,
    tier: str | None = None,
    parent: str | None = None,
    overdue: bool | None = None,
    asked_from: str | None = None,
    asked_to: str | None = None,
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
        category=category,
        priority=priority,
        game=game,
        server=server,
        tier=tier,
        parent=UUID(parent) if parent else None,
        overdue_at=now() if overdue else None,
        asked_from=day_begins(asked_from, "/query/asked_from"),
        asked_before=day_begins(asked_to, "/query/asked_to", days_later=1),
        order=order,
    )
    if server and not game:
        raise InvalidInput("Servers have names of their own in each game: name the game too.", pointer="/query/server")
    found, next_cursor = resources().database.read(queries.list_tickets, wanted, cursor, limit)
    return answer({"items": [ticket_view(ticket) for ticket in found], "next_cursor": next_cursor})


def create_ticket(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "asked_at": moment_of(body, "asked_at") or now(),
        "reopens_ticket_id": id_of(body, "reopens_ticket_id"),
        "profile_id": id_of(body, "profile_id"),
    }
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.create_ticket(tx, caller, NewTicket(**fields)),
    )
    return ticket_answer(UUID(outcome.resource_id), outcome.status)


def get_ticket(ticket_id: str) -> Answer:
    return ticket_answer(UUID(ticket_id))


def edit_ticket(ticket_id: str, body: dict[str, Any]) -> Answer:
    return changed(commands.edit_ticket, UUID(ticket_id), changes=body)


def move_ticket(ticket_id: str, body: dict[str, Any]) -> Answer:
    return changed(commands.move_ticket, UUID(ticket_id), **body)


def ticket_answer(ticket_id: UUID, status: int = 200) -> Answer:
    ticket, children, attachments = resources().database.read(queries.whole_ticket, ticket_id)
    more = {"children": asdict(children), "attachments": [attachment_view(picture) for picture in attachments]}
    return answer({**ticket_view(ticket), **more}, status, version=ticket.version)


def changed(command: Any, ticket_id: UUID, **arguments: Any) -> Answer:
    """Run an edit of the version in If-Match; who is late gets the state that he has not seen."""
    caller = current_principal()
    try:
        resources().database.transact(command, caller, ticket_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = ticket_answer(ticket_id)[0]
        raise
    return ticket_answer(ticket_id)
