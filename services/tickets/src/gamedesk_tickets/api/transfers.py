"""Handing tickets over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import transfers as commands
from gamedesk_tickets.model.transfers import NewTransfer
from gamedesk_tickets.queries import transfers as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.transfers import transfer_view


def transfer_tickets(body: dict[str, Any]) -> Answer:
    named = tuple((UUID(ticket["ticket_id"]), ticket["version"]) for ticket in body["tickets"])
    new = NewTransfer(named, body["to_agent_id"], body["note"])
    database = resources().database
    outcome = create_once(
        database, idempotency_keys, body, lambda tx, caller: commands.transfer_tickets(tx, caller, new)
    )
    transfer = database.read(queries.get_transfer, UUID(outcome.resource_id))
    return answer(transfer_view(transfer), outcome.status)
