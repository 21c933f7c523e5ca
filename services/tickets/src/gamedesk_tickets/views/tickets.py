"""Tickets."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.clock import now

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
        "parent_ticket_id": ticket.parent_ticket_id,
        "game_id": ticket.game_id,
        "profile_id": ticket.profile_id,
        "server": ticket.server,
        "created_by": ticket.created_by,
        "asked_at": ticket.asked_at,
        "asked_late": ticket.asked_late,
        "first_replied_at": ticket.first_replied_at,
        "done_at": ticket.done_at,
        "cycle": ticket.cycle,
        "clock": clock_view(ticket),
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "version": ticket.version,
        "revision": ticket.revision,
    }


def clock_view(ticket: Ticket) -> dict[str, Any]:
    return {
        "first_response_due_at": ticket.first_response_due_at,
        "first_response_seconds": ticket.first_response_seconds,
        "resolution_due_at": ticket.resolution_due_at,
        "resolution_seconds": ticket.resolution_seconds,
        "next_due_at": ticket.next_due_at,
        "paused_since": ticket.paused_since,
        "paused_seconds": ticket.paused_seconds,
        "overdue": ticket.overdue(now()),
        "rules_revision": ticket.rules_revision,
    }
