"""Figures of response, and the tickets behind them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.kpi import Asked, CountedTicket, Figures, Report


def report_view(asked: Asked, report: Report) -> dict[str, Any]:
    return {
        "from": asked.period.first,
        "to": asked.period.last,
        "clock": asked.clock,
        "as_of": asked.moment,
        "total": figures_view(report.total),
        "groups": [{"key": group.key, **figures_view(group.figures)} for group in report.groups],
    }


def figures_view(figures: Figures) -> dict[str, Any]:
    return {**asdict(figures), "reopen_rate_bp": figures.reopen_rate_bp}


def counted_ticket_view(ticket: CountedTicket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.shown_number,
        "player_id": ticket.player_id,
        "title": ticket.title,
        "category": ticket.category,
        "priority": ticket.priority,
        "cycle": ticket.cycle,
        "agent_id": ticket.agent,
        "team": ticket.team,
        "opened_at": ticket.opened_at,
        "first_replied_at": ticket.first_replied_at,
        "done_at": ticket.done_at,
        "seconds": ticket.seconds,
        "due_at": ticket.due_at,
        "missed": ticket.missed,
        "asked_late": ticket.asked_late,
        "late_recorded": ticket.late_recorded,
    }
