"""Figures read the cycles of their period and no others, however many years there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_tickets.model.kpi import Asked, FigureName, Grouping, Period, period
from gamedesk_tickets.repository import kpi, kpi_cohorts
from sqlalchemy import Connection, Select, text

from .conftest import migrate_tickets

pytestmark = pytest.mark.large

# 120,000 tickets in about two years, seven an hour: all but one in fifty are done, after a day; one in a hundred was
# opened again two days later.
FILL = """
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version)
SELECT md5(p::text)::uuid, 'KF' || p % 30, 'none', 'none', false, 1 FROM generate_series(1, 60000) AS p;
INSERT INTO tickets (ticket_id, player_id, state, detail, solution, category, priority, waiting_on, assignee_agent_id,
                     created_by, asked_at, done_at, version, revision, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 60000 + 1)::text)::uuid, state, repeat('x', 200), 'x',
       CASE WHEN n % 20 = 0 THEN 'refund' ELSE 'other' END, 'normal', 'none', 'KF' || n % 31, 'KF1', asked_at,
       CASE WHEN state = 'done' THEN asked_at + interval '1 day' END, 1, 1, asked_at, asked_at
FROM (SELECT n, timestamptz '2024-10-01' + n * interval '512 seconds' AS asked_at,
             CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'done' END AS state
      FROM generate_series(1, 120000) AS n) AS made;
INSERT INTO cycles (ticket_id, cycle, opened_at, first_replied_at, first_replied_by, first_replied_team, done_at,
                    done_by, done_team, first_response_due_at, resolution_due_at, first_response_seconds,
                    resolution_seconds, rules_revision)
SELECT ticket_id, 1, asked_at, asked_at + interval '1 hour', assignee_agent_id, 'A', done_at,
       CASE WHEN done_at IS NOT NULL THEN assignee_agent_id END, 'A', asked_at + interval '59 minutes',
       asked_at + interval '25 hours', 3600, 86400, 1 FROM tickets;
UPDATE cycles SET reopened = true FROM tickets
WHERE tickets.ticket_id = cycles.ticket_id AND number % 100 = 1;
INSERT INTO cycles (ticket_id, cycle, opened_at, first_response_due_at, resolution_due_at, rules_revision)
SELECT ticket_id, 2, asked_at + interval '2 days', asked_at + interval '3 days', asked_at + interval '3 days', 1
FROM tickets WHERE number % 100 = 1;
ANALYZE player_copies; ANALYZE tickets; ANALYZE cycles;
"""
LARGE = {"tickets", "cycles", "player_copies"}
NOW = datetime(2026, 9, 11, tzinfo=UTC)
A_WEEK = period(date(2025, 12, 1), date(2025, 12, 7))
A_QUARTER = period(date(2025, 10, 1), date(2025, 12, 31))
CYCLES_A_DAY = 175
BACKLOG = 3_000
# Of 8 KiB: a cycle is looked up with its ticket and player, at about four blocks each.
BLOCKS_OF_A_CYCLE = 16
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("tickets", migrate_tickets), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 60000"))
        tx.execute(text(FILL))
    with database.begin() as tx:
        yield tx
    database.dispose()


def explained(tx: Connection, query: Select[Any]) -> dict[str, Any]:
    statement = query.compile(tx.engine)
    found = tx.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", statement.params).scalar_one()
    return found[0]["Plan"]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


def require_indexes(plan: dict[str, Any], most_blocks: int) -> None:
    read_whole = {
        step["Relation Name"]
        for step in steps(plan)
        if step["Node Type"] == "Seq Scan" and step["Relation Name"] in LARGE
    }
    assert not read_whole
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks


def figures_queries(asked: Asked, grouping: Grouping) -> dict[str, Select[Any]]:
    """What is run for the groups of a report."""
    found = {name: kpi.figures_query(cohort, grouping) for name, cohort in kpi.cohorts_of(asked).items()}
    if grouping == "day":
        found["backlog"] = kpi_cohorts.backlog_changes(asked, asked.period.ends_of_days(asked.moment))
    return found


@pytest.mark.parametrize("asked", [A_WEEK, A_QUARTER], ids=["week", "quarter"])
@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("cohort", ["asked", "done", "undone", "backlog"])
def test_figures_of_a_period_read_the_cycles_of_that_period(
    filled: Connection, cohort: str, grouping: Grouping, asked: Period
) -> None:
    plan = explained(filled, figures_queries(Asked(asked, NOW), grouping)[cohort])

    of_period = CYCLES_A_DAY * len(asked.days)
    read = BACKLOG + (of_period if grouping == "day" else 0) if cohort == "backlog" else of_period
    # Only who has neither answered nor closed anything, or a category, is looked up in the ticket.
    looks_up = grouping == "category" or (cohort in ("undone", "backlog") and grouping in ("agent", "team"))
    require_indexes(plan, read * (BLOCKS_OF_A_CYCLE if looks_up else 2) + BACKLOG)


@pytest.mark.parametrize("grouping", ["none", "day", "agent", "team"])
@pytest.mark.parametrize("cohort", ["asked", "done", "backlog"])
def test_figures_look_up_the_tickets_of_nobody_else(filled: Connection, cohort: str, grouping: Grouping) -> None:
    plan = explained(filled, figures_queries(Asked(A_WEEK, NOW), grouping)[cohort])

    looked_up = sum(s["Actual Loops"] for s in steps(plan) if s.get("Relation Name") == "tickets")
    assert looked_up <= {"asked": CYCLES_A_DAY * 7 // 40, "done": 0, "backlog": BACKLOG}[cohort]


@pytest.mark.parametrize("shown", [None, (datetime(2025, 12, 3, tzinfo=UTC), UUID(int=0), 1)], ids=["first", "later"])
@pytest.mark.parametrize("figure", get_args(FigureName))
def test_a_page_of_the_tickets_behind_a_figure_reads_no_more(
    filled: Connection, figure: FigureName, shown: tuple[datetime, UUID, int] | None
) -> None:
    plan = explained(filled, kpi.page_query(Asked(A_QUARTER, NOW), figure, shown, 51))

    most = {"reopened": 100 * 51, "resolution_missed": CYCLES_A_DAY * 7, "backlog": BACKLOG, "backlog_overdue": BACKLOG}
    require_indexes(plan, most.get(figure, 51) * BLOCKS_OF_A_CYCLE)
