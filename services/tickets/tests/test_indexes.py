"""No list reads more than it shows: every filter, and every two of them, is served by indexes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_tickets.model.tickets import Order, Wanted
from gamedesk_tickets.repository import tickets as repository
from sqlalchemy import Connection, text

from .conftest import migrate_tickets

LIMIT = 51

# 60,000 tickets of 6,000 players of 30 agents: mostly done, a tenth of the rest unassigned, some waiting.
FILL = """
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version)
SELECT md5(p::text)::uuid, 'KF' || p % 30, 'none', 'none', false, 1 FROM generate_series(1, 6000) AS p;
INSERT INTO tickets (ticket_id, player_id, state, detail, solution, category, priority, waiting_on, assignee_agent_id,
                     created_by, asked_at, done_at, version, revision, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 6000 + 1)::text)::uuid, state, 'x', 'x', 'other', 'normal',
       CASE WHEN state = 'in_progress' AND n % 7 = 0 THEN 'tech' ELSE 'none' END,
       CASE WHEN state <> 'pending' OR n % 10 > 0 THEN 'KF' || n % 31 END,
       'KF1', now(), CASE WHEN state = 'done' THEN now() END, 1, 1, now(), now()
FROM (SELECT n, CASE WHEN n % 100 < 96 THEN 'done' WHEN n % 100 < 98 THEN 'pending' ELSE 'in_progress' END AS state
      FROM generate_series(1, 60000) AS n) AS made;
ANALYZE player_copies; ANALYZE tickets;
"""
PLAYER = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5('1')
FILTERS: dict[str, Any] = {
    "player_ids": (PLAYER,),
    "states": ("pending", "in_progress"),
    "assignee": "KF3",
    "responsible": "KF3",
    "waiting_on": "tech",
    "number": 777,
}
COMBINATIONS = [names for count in (0, 1, 2) for names in itertools.combinations(FILTERS, count)]


MOST_ROWS_SKIPPED = 100


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("tickets", migrate_tickets), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 60000"))
        tx.execute(text(FILL))
    with database.begin() as tx:
        yield tx
    database.dispose()


def scans_of_tickets(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan that read the table itself."""
    if plan.get("Relation Name") == "tickets":
        yield plan
    for child in plan.get("Plans", []):
        yield from scans_of_tickets(child)


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("names", COMBINATIONS, ids="+".join)
def test_every_filter_is_served_by_an_index(filled: Connection, names: tuple[str, ...], order: Order) -> None:
    wanted = Wanted(**{name: FILTERS[name] for name in names}, order=order)
    query = repository.list_query(wanted, None, LIMIT)
    statement = query.compile(filled.engine, compile_kwargs={"literal_binds": True})

    plan = filled.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")).scalar_one()[0]["Plan"]

    scans = list(scans_of_tickets(plan))
    assert scans
    assert "Seq Scan" not in {scan["Node Type"] for scan in scans}
    skipped = sum(scan.get("Rows Removed by Filter", 0) * scan["Actual Loops"] for scan in scans)
    assert skipped <= MOST_ROWS_SKIPPED
