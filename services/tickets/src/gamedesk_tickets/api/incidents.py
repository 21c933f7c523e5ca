"""Incidents: one ticket that others hang on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_tickets.api.bodies import moment_of
from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.api.tickets import ticket_answer
from gamedesk_tickets.commands import incidents as commands
from gamedesk_tickets.model.incidents import NewAnswer
from gamedesk_tickets.queries import incidents as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.incidents import answer_view


def attach_children(ticket_id: str, body: dict[str, Any]) -> Answer:
    child_ids = [UUID(child_id) for child_id in body["ticket_ids"]]
    resources().database.transact(commands.attach_children, current_principal(), UUID(ticket_id), child_ids)
    return ticket_answer(UUID(ticket_id))


def detach_child(ticket_id: str, child_id: str) -> Answer:
    resources().database.transact(commands.detach_child, current_principal(), UUID(ticket_id), UUID(child_id))
    return answer(None, 204)


def answer_incident(ticket_id: str, body: dict[str, Any]) -> Answer:
    new = NewAnswer(**{**body, "replied_at": moment_of(body, "replied_at")})
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.answer_incident(tx, caller, UUID(ticket_id), new),
    )
    return _answer(UUID(outcome.resource_id), outcome.status)


def get_incident_answer(answer_id: str) -> Answer:
    return _answer(UUID(answer_id))


def _answer(answer_id: UUID, status: int = 200) -> Answer:
    found, progress = resources().database.read(queries.get_answer, answer_id)
    return answer(answer_view(found, progress), status)
