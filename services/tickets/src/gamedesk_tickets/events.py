"""What this service publishes: tickets as event payloads. No text that somebody typed leaves here."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis import outbox
from gamedesk_chassis.digests import digest_type
from sqlalchemy import Connection

from gamedesk_tickets.model.tickets import Ticket

SOURCE = "/tickets"
DIGEST_COMPUTED = digest_type("tickets")  # said by the chassis: what copies have to look like
TICKET_UPDATED = "tickets.ticket.updated.v1"


def ticket_payload(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.shown_number,
        "player_id": ticket.player_id,
        "state": ticket.state,
        "category": ticket.category,
        "priority": ticket.priority,
        "waiting_on": ticket.waiting_on,
        "assignee_agent_id": ticket.assignee_agent_id,
        "game_id": ticket.game_id,
        "parent_ticket_id": ticket.parent_ticket_id,
        "asked_at": ticket.asked_at,
        "first_replied_at": ticket.first_replied_at,
        "done_at": ticket.done_at,
        "cycle": ticket.cycle,
        "first_response_due_at": ticket.first_response_due_at,
        "resolution_due_at": ticket.resolution_due_at,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
    }


def ticket_updated(tx: Connection, ticket: Ticket, actor: str | None, *, republication: bool = False) -> None:
    """The event's version is the ticket's revision: appended entries count, which its ETag does not."""
    outbox.append(
        tx,
        type=TICKET_UPDATED,
        aggregate_id=ticket.ticket_id,
        version=ticket.revision,
        data=ticket_payload(ticket),
        source=SOURCE,
        actor=actor,
        republication=republication,
    )
