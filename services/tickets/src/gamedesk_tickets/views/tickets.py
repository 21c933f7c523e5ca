"""Tickets."""

from __future__ import annotations

from typing import Any

from gamedesk_tickets.model.tickets import Ticket


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.shown_number,
        "player_id": ticket.player_id,
        "state": ticket.state,
        "title": ticket.title,
        "detail": ticket.detail,
        "solution": ticket.solution,
        "category": ticket.category,
        "priority": ticket.priority,
        "waiting_on": ticket.waiting_on,
        "assignee_agent_id": ticket.assignee_agent_id,
        "responsible_agent_id": ticket.responsible_agent_id,
        "form": ticket.form,
        "reopens_ticket_id": ticket.reopens_ticket_id,
        "created_by": ticket.created_by,
        "asked_at": ticket.asked_at,
        "first_replied_at": ticket.first_replied_at,
        "done_at": ticket.done_at,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "version": ticket.version,
        "revision": ticket.revision,
    }
