"""Figures of response, and the tickets behind them.

Figures are aggregates of cohorts, the tickets behind a figure are their rows, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, literal, null, select, tuple_, union_all

from gamedesk_tickets.model.kpi import Asked, CountedTicket, FigureName, Grouping
from gamedesk_tickets.repository import kpi_cohorts as cohorts

MOST_GROUPS = 1000

_SHOWN = tuple(CountedTicket.__dataclass_fields__)
_COUNTED = ("met", "missed", "open", "reopened", "late_recorded")
_BY_COHORT: Mapping[FigureName, tuple[tuple[str, str | None], ...]] = {
    "opened": (("asked", None),),
    "first_response": (("asked", "behind"),),
    "first_response_missed": (("asked", "missed"),),
    "resolution": (("done", None),),
    "resolution_missed": (("done", "missed"), ("undone", "missed")),
    "reopened": (("done", "reopened"),),
    "backlog": (("backlog", None),),
    "backlog_overdue": (("backlog", "missed"),),
}
"""Which rows of which cohorts (all, or those where a column is true) are behind a figure."""


@dataclass(frozen=True)
class Counts:
    """The aggregates of a cohort."""

    all: int = 0
    behind: int = 0
    median_seconds: int | None = None
    p90_seconds: int | None = None
    met: int = 0
    missed: int = 0
    open: int = 0
    reopened: int = 0
    late_recorded: int = 0


ByKey = dict[str | None, Counts]


def totals(tx: Connection, asked: Asked) -> dict[str, Counts]:
    """The aggregates of each cohort."""
    return {name: _counts(tx, query, "none")[None] for name, query in cohorts_of(asked).items()}


def groups(tx: Connection, asked: Asked, grouping: Grouping) -> dict[str, ByKey]:
    """The aggregates of each cohort by key; without the keys of which there is nothing. At most MOST_GROUPS each."""
    found = cohorts_of(asked)
    if grouping != "day":
        return {name: _counts(tx, query, grouping) for name, query in found.items()}
    by_day = {name: _counts(tx, found[name], grouping) for name in ("asked", "done", "undone")}
    return {**by_day, "backlog": _backlog_by_day(tx, asked)}


def _backlog_by_day(tx: Connection, asked: Asked) -> ByKey:
    """At the end of each day that has begun."""
    ends = asked.period.ends_of_days(asked.moment)
    if not ends:
        return {}
    changes = {place: counts for place, *counts in tx.execute(cohorts.backlog_changes(asked, ends))}
    found: ByKey = {}
    all_then = missed_then = 0
    for place, day in enumerate(asked.period.days[: len(ends)], start=1):
        ran, missed = changes.get(place, (0, 0))
        all_then, missed_then = all_then + ran, missed_then + missed
        found[day.isoformat()] = Counts(all=all_then, missed=missed_then)
    return found


def page(
    tx: Connection, asked: Asked, figure: FigureName, shown: tuple[datetime, UUID, int] | None, limit: int
) -> list[CountedTicket]:
    """The cycles behind a figure, the latest moment first, from behind (moment, ticket, cycle) shown last."""
    return [CountedTicket(**row._mapping) for row in tx.execute(page_query(asked, figure, shown, limit))]


def page_query(asked: Asked, figure: FigureName, shown: tuple[datetime, UUID, int] | None, limit: int) -> Select[Any]:
    """A page of each cohort that has a part in the figure, merged."""
    found = cohorts_of(asked)
    branches = []
    for name, condition in _BY_COHORT[figure]:
        rows = found[name].subquery()
        query = select(*(rows.c[column] for column in _SHOWN)).order_by(*_latest_first(rows.c)).limit(limit)
        if condition is not None:
            query = query.where(rows.c[condition])
        if shown is not None:
            query = query.where(tuple_(rows.c.moment, rows.c.ticket_id, rows.c.cycle) < tuple_(*map(literal, shown)))
        branches.append(select(query.subquery()))
    merged = union_all(*branches).subquery()
    return select(merged).order_by(*_latest_first(merged.c)).limit(limit)


def figures_query(cohort: Select[Any], grouping: Grouping) -> Select[Any]:
    """The aggregates of a cohort, by key. Percentiles are values that occurred: means hide who waited longest."""
    rows = cohort.subquery()
    key = null() if grouping == "none" else rows.c[grouping]
    query = select(
        key.label("key"),
        func.count().label("all"),
        func.count().filter(rows.c.behind).label("behind"),
        func.percentile_disc(0.5).within_group(rows.c.seconds).label("median_seconds"),
        func.percentile_disc(0.9).within_group(rows.c.seconds).label("p90_seconds"),
        *(func.count().filter(rows.c[name]).label(name) for name in _COUNTED),
    )
    return query if grouping == "none" else query.group_by(key).order_by(key).limit(MOST_GROUPS)


def cohorts_of(asked: Asked) -> dict[str, Select[Any]]:
    """The backlog is that at the end of the last day that has begun."""
    ends = asked.period.ends_of_days(asked.moment)
    return {
        "asked": cohorts.asked(asked),
        "done": cohorts.done(asked),
        "undone": cohorts.undone(asked),
        "backlog": cohorts.backlog(asked, ends[-1] if ends else None),
    }


def _counts(tx: Connection, cohort: Select[Any], grouping: Grouping) -> ByKey:
    found: ByKey = {}
    for key, *counts in tx.execute(figures_query(cohort, grouping)):
        found[None if key is None else str(key)] = Counts(*counts)
    return found


def _latest_first(columns: Any) -> tuple[Any, ...]:
    return columns.moment.desc(), columns.ticket_id.desc(), columns.cycle.desc()
