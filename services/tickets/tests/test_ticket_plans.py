"""No list reads more than it shows: every filter, every two of them and every order are served by indexes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_tickets.model.tickets import Order, Wanted
from gamedesk_tickets.repository import ticket_lists, tickets
from sqlalchemy import Connection, Select, text

from .conftest import migrate_tickets

pytestmark = pytest.mark.large

LIMIT = 51
# Of 8 KiB. A page of tickets is looked up with its players and cycles, about ten blocks each; the rest is the list.
MOST_BLOCKS = 1_200
MOST_BLOCKS_OF_TWO = 2_500

# 100,000 tickets of 10,000 players of 30 agents, one asked every two minutes: mostly done, a tenth of the rest
# unassigned, some waiting, every hundredth a child of one of five incidents.
FILL = """
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version)
SELECT md5(p::text)::uuid, 'KF' || p % 30, CASE WHEN p % 500 = 0 THEN 'whale' ELSE 'none' END, 'none', false, 1
FROM generate_series(1, 10000) AS p;
INSERT INTO tickets (ticket_id, player_id, state, detail, solution, category, priority, waiting_on, assignee_agent_id,
                     created_by, asked_at, done_at, next_due_at, game_id, server, player_tier, parent_ticket_id,
                     version, revision, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 10000 + 1)::text)::uuid, state, repeat('x', 200), 'x',
       CASE WHEN n % 50 = 0 THEN 'refund' ELSE 'other' END, CASE WHEN n % 97 = 0 THEN 'urgent' ELSE 'normal' END,
       CASE WHEN state <> 'in_progress' THEN 'none' WHEN n % 7 = 0 THEN 'tech' WHEN n % 7 = 1 THEN 'player'
            ELSE 'none' END,
       CASE WHEN state <> 'pending' OR n % 10 > 0 THEN 'KF' || n % 31 END,
       'KF1', asked_at, CASE WHEN state = 'done' THEN asked_at + interval '1 hour' END,
       CASE WHEN state <> 'done' AND (state = 'pending' OR n % 7 <> 1) THEN asked_at + interval '1 day' END,
       CASE WHEN n % 3 = 0 THEN 'game' || n % 4 END, CASE WHEN n % 3 = 0 THEN 'server' || n % 60 END,
       CASE WHEN (n % 10000 + 1) % 500 = 0 THEN 'whale' ELSE 'none' END,
       CASE WHEN n > 1000 AND n % 100 = 3 THEN lpad(to_hex(1 + n / 100 % 5), 32, '0')::uuid END,
       1, 1, asked_at, asked_at
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '2 minutes' AS asked_at,
             CASE WHEN n % 100 < 96 THEN 'done' WHEN n % 100 < 98 THEN 'pending' ELSE 'in_progress' END AS state
      FROM generate_series(1, 100000) AS n) AS made;
INSERT INTO cycles (ticket_id, cycle, opened_at, done_at, first_response_due_at, resolution_due_at, rules_revision)
SELECT ticket_id, 1, asked_at, done_at, asked_at, asked_at + interval '1 day', 1 FROM tickets;
ANALYZE player_copies; ANALYZE tickets; ANALYZE cycles;
"""
LARGE = {"tickets", "cycles", "player_copies", "entries"}
PLAYER = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5('1')
NOW = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=2 * 100_000)
A_MONTH_AGO = NOW - timedelta(days=30)
FILTERS: dict[str, dict[str, Any]] = {
    "player": {"player_ids": (PLAYER,)},
    "open": {"states": ("pending", "in_progress")},
    "done": {"states": ("done",)},
    "assignee": {"assignee": "KF3"},
    "responsible": {"responsible": "KF3"},
    "waiting_on": {"waiting_on": "tech"},
    "number": {"number": 777},
    "category": {"category": "refund"},
    "priority": {"priority": "urgent"},
    "game": {"game": "game1"},
    "server": {"game": "game1", "server": "server9"},
    "tier": {"tier": "whale"},
    "parent": {"parent": UUID(int=3)},
    "overdue": {"overdue_at": NOW - timedelta(days=120)},
    "a day": {"asked_from": A_MONTH_AGO, "asked_before": A_MONTH_AGO + timedelta(days=1)},
    "until a month ago": {"asked_before": A_MONTH_AGO},
}
NOTHING_TO_FIND = {
    "category": {"category": "weather"},
    "tier": {"tier": "big"},
    "game": {"game": "nothing"},
    "assignee": {"assignee": "KF99"},
    "responsible": {"responsible": "KF99"},
}
PAIRS = [
    pair
    for pair in itertools.combinations(FILTERS, 2)
    if not {*pair} <= {"open", "done"} and pair != ("game", "server")
]


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("tickets", migrate_tickets), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM tickets, cycles, player_copies"))
    with database.begin() as tx:
        yield tx
    database.dispose()


def plan_of(tx: Connection, query: Select[Any]) -> dict[str, Any]:
    statement = query.compile(tx.engine, compile_kwargs={"literal_binds": True})
    return tx.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")).scalar_one()[0]["Plan"]


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps_of(child)


def check(tx: Connection, wanted: Wanted, shown: Any, most_blocks: int) -> None:
    plan = plan_of(tx, ticket_lists.list_query(wanted, shown, LIMIT))
    read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
    assert not read_whole & LARGE
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("filters", [{}, *FILTERS.values()], ids=["all", *FILTERS])
def test_every_filter_in_every_order_reads_little__R6(
    filled: Connection, filters: dict[str, Any], order: Order
) -> None:
    check(filled, Wanted(**filters, order=order), None, MOST_BLOCKS)


@pytest.mark.parametrize("filters", NOTHING_TO_FIND.values(), ids=NOTHING_TO_FIND.keys())
def test_finding_nothing_reads_little(filled: Connection, filters: dict[str, Any]) -> None:
    check(filled, Wanted(**filters), None, MOST_BLOCKS)


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_every_two_filters_read_little(filled: Connection, names: tuple[str, str]) -> None:
    for order in get_args(Order):
        check(filled, Wanted(**FILTERS[names[0]] | FILTERS[names[1]], order=order), None, MOST_BLOCKS_OF_TWO)


@pytest.mark.parametrize(
    ("filters", "order", "shown"),
    [
        ({}, "newest", (UUID(int=50_000),)),
        ({"states": ("done",)}, "oldest", (UUID(int=50_000),)),
        ({}, "due", (A_MONTH_AGO, UUID(int=50_000))),
        ({}, "due", (None, UUID(int=50_000))),
        ({"assignee": "KF3"}, "due", (A_MONTH_AGO, UUID(int=50_000))),
        ({"asked_before": NOW}, "newest", (A_MONTH_AGO, UUID(int=50_000))),
    ],
)
def test_a_page_from_the_middle_costs_no_more_than_the_first(
    filled: Connection, filters: dict[str, Any], order: Order, shown: Any
) -> None:
    check(filled, Wanted(**filters, order=order), shown, MOST_BLOCKS)


@pytest.mark.parametrize("filters", [{"states": ("pending", "in_progress")}, {"overdue_at": NOW}])
def test_unassigned_work_due_is_looked_for_in_indexes_alone(filled: Connection, filters: dict[str, Any]) -> None:
    plan = plan_of(filled, ticket_lists.list_query(Wanted(responsible="KF3", order="due", **filters), None, LIMIT))

    read = {s["Index Name"]: s["Node Type"] for s in steps_of(plan) if "Index Name" in s}
    assert read["ix_tickets_unassigned_due"] == "Index Only Scan"
    assert read["ix_player_copies_owner_agent_id_player_id"] == "Index Only Scan"


def test_the_children_of_an_incident_are_counted_in_an_index_state_by_state(filled: Connection) -> None:
    query: Any = tickets.children_query(UUID(int=3))
    scans = [step for step in steps_of(plan_of(filled, query)) if "Index Name" in step]

    assert [(step["Node Type"], step["Index Name"]) for step in scans] == [
        ("Index Only Scan", "ix_tickets_parent_state")
    ] * 2
    assert all("state" in step["Index Cond"] and "Filter" not in step for step in scans)
