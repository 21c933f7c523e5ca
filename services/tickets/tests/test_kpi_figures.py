"""Every figure in every grouping: as a plain loop over the cycles counts it, with as many tickets behind it (B6)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from gamedesk_chassis.database import Database
from gamedesk_tickets.model.kpi import (
    Asked,
    Clock,
    FigureName,
    Figures,
    FirstResponse,
    Grouping,
    Period,
    Speed,
)
from gamedesk_tickets.queries import kpi as queries
from gamedesk_tickets.tables import cycles, tickets
from sqlalchemy import Connection, insert

from .conftest import migrate_tickets

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 13, 10, tzinfo=SHANGHAI)
PERIOD = Period(date(2026, 10, 5), date(2026, 10, 14))  # its last day has not come yet
TEAMS = {"KF001": "A", "KF002": "A", "KF003": "A", "KF004": "B"}
CATEGORIES = ("payment", "bug", "other")


@dataclass(frozen=True)
class Case:
    """A cycle with what its ticket says, as the reference sees it."""

    ticket_id: UUID
    cycle: int
    category: str
    responsible: str | None
    opened_at: datetime
    first_response_due_at: datetime
    resolution_due_at: datetime
    first_replied_at: datetime | None
    first_replied_by: str | None
    done_at: datetime | None
    done_by: str | None
    paused_since: datetime | None
    first_response_seconds: int | None
    resolution_seconds: int | None
    voided: bool
    first_reply_late: bool
    reopened: bool = False

    @property
    def closer(self) -> str | None:
        return self.done_by or self.responsible

    @property
    def answerer(self) -> str | None:
        return self.first_replied_by or self.closer


def some_cases(rng: random.Random) -> Iterator[Case]:
    """Tickets of one to three cycles; the last is often not done, some were voided, some have nobody's name."""
    for number in range(1, 260):
        opened_at = NOW - timedelta(seconds=rng.randrange(1, 20 * 86_400))
        if rng.random() < 0.1:  # at midnight, where days meet
            opened_at = opened_at.replace(hour=0, minute=0, second=0)
        responsible, category = rng.choice([*TEAMS, None]), rng.choice(CATEGORIES)
        voided, cycle = rng.random() < 0.05, 0
        made: list[Case] = []
        while opened_at < NOW and cycle < 3:
            cycle += 1
            replied_at = opened_at + timedelta(seconds=rng.randrange(40_000))
            done_at = opened_at + timedelta(seconds=rng.randrange(300_000))
            due = [opened_at + timedelta(seconds=rng.randrange(1, most)) for most in (40_000, 300_000)]
            is_replied = replied_at <= NOW and rng.random() < 0.7
            is_done = done_at <= NOW and rng.random() < 0.8
            paused_since = opened_at + timedelta(seconds=rng.randrange(100_000))
            is_paused = not is_done and paused_since <= NOW and rng.random() < 0.4
            case = Case(
                ticket_id=UUID(int=number),
                cycle=cycle,
                category=category,
                responsible=responsible,
                opened_at=opened_at,
                first_response_due_at=due[0],
                resolution_due_at=due[1],
                first_replied_at=replied_at if is_replied else None,
                first_replied_by=rng.choice(list(TEAMS)) if is_replied else None,
                done_at=done_at if is_done else None,
                done_by=rng.choice(list(TEAMS)) if is_done else None,
                paused_since=paused_since if is_paused else None,
                first_response_seconds=rng.randrange(20_000) if is_replied else None,
                resolution_seconds=rng.randrange(99_000) if is_done else None,
                voided=voided,
                first_reply_late=is_replied and rng.random() < 0.2,
            )
            made.append(case)
            if not is_done or rng.random() < 0.5:
                break
            opened_at = done_at + timedelta(seconds=rng.randrange(100_000))
        yield from (replace(case, reopened=case.cycle < len(made)) for case in made)


CASES = list(some_cases(random.Random(6)))
COUNTED = [case for case in CASES if not case.voided]


@pytest.fixture(scope="module")
def tx(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("tickets", migrate_tickets), pool_size=1)
    with database.begin() as tx:
        for case in CASES:
            if case.cycle == 1:
                tx.execute(insert(tickets).values(_ticket(case)))
        tx.execute(insert(cycles), [_cycle(case) for case in CASES])
        yield tx
    database.dispose()


def _ticket(case: Case) -> dict[str, Any]:
    """As it is now does not matter: figures are about cycles."""
    last = max((c for c in CASES if c.ticket_id == case.ticket_id), key=lambda c: c.cycle)
    return {
        "ticket_id": case.ticket_id,
        "player_id": UUID(int=10_000),
        "state": "done" if last.done_at else "pending",
        "detail": "x",
        "solution": "x",
        "category": case.category,
        "priority": "normal",
        "waiting_on": "none",
        "assignee_agent_id": case.responsible,
        "created_by": "KF001",
        "asked_at": case.opened_at,
        "done_at": last.done_at,
        "cycle": last.cycle,
        "version": 1,
        "revision": 1,
        "created_at": case.opened_at,
        "updated_at": case.opened_at,
    }


def _cycle(case: Case) -> dict[str, Any]:
    names = cycles.c.keys() & vars(case).keys()
    teams = {"first_replied_team": TEAMS.get(case.first_replied_by or ""), "done_team": TEAMS.get(case.done_by or "")}
    return {**{name: getattr(case, name) for name in names}, **teams, "rules_revision": 1}


def nearest_rank(values: Sequence[int], percent: int) -> int | None:
    return sorted(values)[ceil(len(values) * percent / 100) - 1] if values else None


def day_of(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()


def elapsed(case: Case, end: datetime) -> int:
    return (end - case.opened_at) // timedelta(seconds=1)


def is_running(case: Case, at: datetime) -> bool:
    return case.opened_at < at and (case.done_at is None or case.done_at >= at)


def is_overdue(case: Case, at: datetime) -> bool:
    unanswered = case.first_replied_at is None or case.first_replied_at >= at
    resolution_until = min(at, case.paused_since or at)
    return (unanswered and case.first_response_due_at < at) or case.resolution_due_at < resolution_until


def key_of(case: Case, grouping: Grouping, agent: str | None, moment: datetime) -> str | None:
    team = TEAMS.get(agent) if agent else None
    return {"none": None, "day": day_of(moment), "agent": agent, "team": team, "category": case.category}[grouping]


def expected(grouping: Grouping, key: str | None, clock: Clock) -> Figures:
    """The figures of a group, by the definitions."""

    def of(cases: Sequence[Case], agent: str, moment: str) -> list[Case]:
        return [c for c in cases if key_of(c, grouping, getattr(c, agent), getattr(c, moment)) == key]

    def in_period(moment: str) -> list[Case]:
        return [c for c in COUNTED if getattr(c, moment) and PERIOD.start <= getattr(c, moment) < PERIOD.end]

    asked = of(in_period("opened_at"), "answerer", "opened_at")
    undone = of([c for c in in_period("opened_at") if c.done_at is None], "closer", "opened_at")
    done = of(in_period("done_at"), "closer", "done_at")
    answered = [c for c in asked if c.first_replied_at]
    late = [c for c in asked if (c.first_replied_at or NOW) > c.first_response_due_at]
    waiting = [c for c in asked if c not in answered and c not in late]
    slow = [c for c in done if c.done_at and c.done_at > c.resolution_due_at]
    stuck = [c for c in undone if c.resolution_due_at < (c.paused_since or NOW)]
    end = min(NOW, datetime.fromisoformat(f"{key}T00:00+08:00") + timedelta(days=1)) if grouping == "day" else NOW
    begun = grouping != "day" or datetime.fromisoformat(f"{key}T00:00+08:00") < NOW
    running = [c for c in COUNTED if begun and is_running(c, end)]
    backlog = running if grouping == "day" else of(running, "closer", "opened_at")

    def seconds(cases: Sequence[Case], worked: str, end: str) -> list[int]:
        return [getattr(c, worked) if clock == "working" else elapsed(c, getattr(c, end)) for c in cases]

    first = seconds(answered, "first_response_seconds", "first_replied_at")
    whole = seconds(done, "resolution_seconds", "done_at")
    met = len([c for c in answered if c not in late])
    return Figures(
        opened=len(asked),
        first_response=FirstResponse(
            len(first),
            nearest_rank(first, 50),
            nearest_rank(first, 90),
            met,
            len(late),
            len(waiting),
            len([c for c in answered if c.first_reply_late]),
        ),
        done=len(done),
        resolution=Speed(
            len(whole),
            nearest_rank(whole, 50),
            nearest_rank(whole, 90),
            len(done) - len(slow),
            len(slow) + len(stuck),
            len(undone) - len(stuck),
        ),
        reopened=len([c for c in done if c.reopened]),
        backlog=len(backlog),
        backlog_overdue=len([c for c in backlog if is_overdue(c, end)]),
    )


ASKED = Asked(PERIOD, NOW)
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@pytest.mark.parametrize("clock", get_args(Clock))
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_figures_are_those_of_a_plain_count__B6(tx: Connection, grouping: Grouping, clock: Clock) -> None:
    report = queries.response_report(tx, replace(ASKED, clock=clock), grouping)

    assert report.total == expected("none", None, clock)
    assert bool(report.groups) == (grouping != "none")
    for group in report.groups:
        assert group.figures == expected(grouping, group.key, clock), group.key


def test_the_example_has_some_of_everything() -> None:
    total = expected("none", None, "working")
    counts = [*vars(total.first_response).values(), *vars(total.resolution).values()]
    assert all([*counts, total.reopened, total.backlog_overdue])
    assert total.backlog_overdue < total.backlog
    assert len(COUNTED) < len(CASES)


@pytest.mark.parametrize("grouping", ["agent", "team", "category"])
def test_groups_add_up_to_the_total__B6(tx: Connection, grouping: Grouping) -> None:
    report = queries.response_report(tx, ASKED, grouping)

    for name in ("opened", "done", "reopened", "backlog", "backlog_overdue"):
        assert sum(getattr(group.figures, name) for group in report.groups) == getattr(report.total, name)


FIGURE: dict[FigureName, Callable[[Figures], int]] = {
    "opened": lambda figures: figures.opened,
    "first_response": lambda figures: figures.first_response.count,
    "first_response_missed": lambda figures: figures.first_response.missed,
    "resolution": lambda figures: figures.resolution.count,
    "resolution_missed": lambda figures: figures.resolution.missed,
    "backlog": lambda figures: figures.backlog,
    "backlog_overdue": lambda figures: figures.backlog_overdue,
    "reopened": lambda figures: figures.reopened,
}


def narrowed(grouping: Grouping, key: str | None) -> Asked | None:
    """The question about one group alone; None where a group has no name to ask for."""
    if grouping == "none":
        return ASKED
    if key is None:
        return None
    if grouping == "day":
        day = date.fromisoformat(key)
        return replace(ASKED, period=Period(day, day))
    return replace(ASKED, **{grouping: key})


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("figure", get_args(FigureName))
def test_as_many_tickets_are_behind_a_figure_as_it_says__B6(
    tx: Connection, figure: FigureName, grouping: Grouping
) -> None:
    report = queries.response_report(tx, ASKED, grouping)
    figures = [(group.key, group.figures) for group in report.groups] or [(None, report.total)]
    for key, found in figures:
        asked = narrowed(grouping, key)
        if asked is None:
            continue
        behind, _ = queries.counted_tickets(tx, asked, figure, None, 1000)
        assert len(behind) == FIGURE[figure](found), key
        assert len({(ticket.ticket_id, ticket.cycle) for ticket in behind}) == len(behind)


@pytest.mark.parametrize("figure", get_args(FigureName))
def test_pages_show_each_ticket_behind_a_figure_once__B6(tx: Connection, figure: FigureName) -> None:
    whole, _ = queries.counted_tickets(tx, ASKED, figure, None, 1000)
    paged, cursor = queries.counted_tickets(tx, ASKED, figure, None, 7)
    while cursor is not None:
        page, cursor = queries.counted_tickets(tx, ASKED, figure, cursor, 7)
        paged += page

    assert paged == whole
    assert [ticket.moment for ticket in whole] == sorted((ticket.moment for ticket in whole), reverse=True)
