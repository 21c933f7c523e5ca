"""How fast the desk answers and solves (B6)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets.model.kpi import (
    Asked,
    CountedTicket,
    FigureName,
    Figures,
    FirstResponse,
    Group,
    Grouping,
    Report,
    Speed,
)
from gamedesk_tickets.repository import kpi
from gamedesk_tickets.repository.kpi import Counts


def response_report(tx: Connection, asked: Asked, grouping: Grouping) -> Report:
    """The figures of a period, and of its groups: every day of it, or whoever has a figure, None last."""
    total = _figures(kpi.totals(tx, asked))
    if grouping == "none":
        return Report(total, [])
    found = kpi.groups(tx, asked, grouping)
    keys = {key for by_key in found.values() for key in by_key}
    if grouping == "day":
        keys |= {day.isoformat() for day in asked.period.days}
    ordered = sorted(keys, key=lambda key: (key is None, key))[: kpi.MOST_GROUPS]
    nothing = Counts()
    return Report(
        total,
        [Group(k, _figures({name: by_key.get(k, nothing) for name, by_key in found.items()})) for k in ordered],
    )


def _figures(counts: dict[str, Counts]) -> Figures:
    asked, done, undone, backlog = (counts[name] for name in ("asked", "done", "undone", "backlog"))
    return Figures(
        opened=asked.all,
        first_response=FirstResponse(
            asked.behind,
            asked.median_seconds,
            asked.p90_seconds,
            asked.met,
            asked.missed,
            asked.open,
            asked.late_recorded,
        ),
        done=done.all,
        resolution=Speed(
            done.behind, done.median_seconds, done.p90_seconds, done.met, done.missed + undone.missed, undone.open
        ),
        reopened=done.reopened,
        backlog=backlog.all,
        backlog_overdue=backlog.missed,
    )


def counted_tickets(
    tx: Connection, asked: Asked, figure: FigureName, cursor: str | None, limit: int
) -> tuple[list[CountedTicket], str | None]:
    """The cycles behind a figure, the latest first."""
    shown = decode_cursor(cursor, [_moment, UUID, int])
    found = kpi.page(tx, asked, figure, shown and (shown[0], shown[1], shown[2]), limit + 1)
    return page(found, limit, lambda ticket: [ticket.moment.isoformat(), ticket.ticket_id, ticket.cycle])


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment
