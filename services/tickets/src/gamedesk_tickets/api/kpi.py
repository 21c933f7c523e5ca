"""The KPI of response (B6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput
from gamedesk_chassis.web import Answer, answer

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.model.kpi import Asked, Clock, FigureName, Grouping, period
from gamedesk_tickets.queries import kpi as queries
from gamedesk_tickets.views.kpi import counted_ticket_view, report_view


def get_response_kpi(group_by: Grouping = "none", **filters: Any) -> Answer:
    asked = _asked(**filters)
    return answer(report_view(asked, resources().database.snapshot(queries.response_report, asked, group_by)))


def list_response_kpi_tickets(figure: FigureName, limit: int = 50, cursor: str | None = None, **filters: Any) -> Answer:
    asked = _asked(**filters)
    found, next_cursor = resources().database.read(queries.counted_tickets, asked, figure, cursor, limit)
    return answer({"items": [counted_ticket_view(ticket) for ticket in found], "next_cursor": next_cursor})


def _asked(
    to: str,
    clock: Clock = "working",
    agent: str | None = None,
    team: str | None = None,
    category: str | None = None,
    **others: Any,
) -> Asked:
    """`from` is a word of the language, so it cannot be named as an argument; the framework adds others of its own."""
    first = _day(others["from"], "/query/from")
    return Asked(period(first, _day(to, "/query/to")), now(), clock, agent, team, category)


def _day(text: str, pointer: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("The calendar has no such day.", pointer=pointer) from None
