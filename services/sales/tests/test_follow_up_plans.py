"""Follow-ups, proposals and pitches read no more than they show, with 100,000 players: by index each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.follow_ups import WantedFollowUps
from gamedesk_sales.model.recovery_proposals import WantedProposals
from gamedesk_sales.queries.pitch import get_pitch
from gamedesk_sales.repository import follow_ups, recovery_proposals
from sqlalchemy import Connection, Select, event, text

from .conftest import migrate_sales

pytestmark = pytest.mark.large

LIMIT = 51
# Of 8 KiB. A follow-up is looked up with its touch, about ten blocks.
MOST_BLOCKS = 700

# 100,000 players of 30 agents of three teams, each with one open follow-up, one that is done, and a
# proposal to win him back; a hundredth of the open ones is overdue.
FILL = """
INSERT INTO agent_copies (agent_id, role, team, active, version)
SELECT 'KF1' || a, 'agent', 'T' || a % 3, true, 1 FROM generate_series(0, 29) AS a;
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version)
SELECT md5(p::text)::uuid, 'KF1' || p % 30, 'none', 'none', false, 1 FROM generate_series(1, 100000) AS p;
INSERT INTO touches (touch_id, player_id, agent_id, outcome, situation, player_state, follow_up_on, occurred_at,
                     recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 100000 + 1)::text)::uuid, 'KF1' || n % 30, 'thinking',
       repeat('x', 200), '', '2026-01-01', at, at
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '1 minute' AS at FROM generate_series(1, 200000) AS n) AS made;
INSERT INTO follow_ups (touch_id, player_id, agent_id, owner_agent_id, due_on, closed_by, reminded_on)
SELECT touch_id, player_id, agent_id, 'KF1' || (n % 100000 + 1) % 30, due_on, closed_by,
       CASE WHEN due_on < '2026-05-20' THEN due_on END
FROM (SELECT touch_id, player_id, agent_id, n,
             CASE WHEN n > 100000 THEN date '2026-05-17' + n % 300 ELSE date '2026-01-01' + n % 100 END AS due_on,
             CASE WHEN n <= 100000 THEN lpad(to_hex(n + 100000), 32, '0')::uuid END AS closed_by
      FROM (SELECT *, ('x' || right(touch_id::text, 8))::bit(32)::int AS n FROM touches) AS numbered) AS made;
INSERT INTO recovery_proposals (proposal_id, player_id, owner_agent_id, ticket_id, ticket_number, category, cycle,
                                state, due_on, proposed_at, version)
SELECT lpad(to_hex(p), 32, '0')::uuid, md5(p::text)::uuid, 'KF1' || p % 30, md5('t' || p)::uuid, 'T-1', 'payment', 1,
       (ARRAY['open', 'taken', 'done', 'done', 'dismissed', 'withdrawn', 'lapsed'])[1 + p % 7],
       CASE WHEN p % 7 = 1 THEN date '2026-05-17' + p % 300 END, now() - p * interval '1 minute', 1
FROM generate_series(1, 100000) AS p;
INSERT INTO ticket_copies (ticket_id, player_id, number, category, state, asked_at, version)
SELECT md5('t' || p)::uuid, md5((p % 50000)::text)::uuid, 'T-1', 'payment', CASE WHEN p % 20 = 0 THEN 'pending'
       ELSE 'done' END, now(), 1 FROM generate_series(1, 200000) AS p;
ANALYZE;
"""
LARGE = {"touches", "follow_ups", "player_copies", "recovery_proposals", "ticket_copies"}
TODAY = date(2026, 5, 20)
FILTERS = {
    "all": WantedFollowUps(),
    "agent": WantedFollowUps(agent_id="KF17"),
    "nobody": WantedFollowUps(agent_id="KF99"),
    "team and agent": WantedFollowUps(agent_id="KF17", team="T1"),
    "team": WantedFollowUps(team="T1"),
    "no team": WantedFollowUps(team="T9"),
    "overdue": WantedFollowUps(due_to=TODAY - timedelta(days=1)),
    "overdue of an agent": WantedFollowUps(agent_id="KF17", due_to=TODAY - timedelta(days=1)),
    "a week of an agent": WantedFollowUps(agent_id="KF17", due_from=TODAY, due_to=TODAY + timedelta(days=7)),
    "done": WantedFollowUps(done=True),
    "done of an agent": WantedFollowUps(agent_id="KF17", done=True),
    "done in a week": WantedFollowUps(done=True, due_from=date(2026, 2, 1), due_to=date(2026, 2, 7)),
}


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with database.begin() as tx:
        yield tx
    database.dispose()


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps_of(child)


def check(tx: Connection, statement: str, most_blocks: int) -> None:
    plan = tx.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")).scalar_one()[0]["Plan"]
    read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
    assert not read_whole & LARGE
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks


def literal(tx: Connection, query: Select[Any]) -> str:
    return str(query.compile(tx.engine, compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS.keys())
def test_every_list_of_follow_ups_reads_little__R18(filled: Connection, wanted: WantedFollowUps) -> None:
    check(filled, literal(filled, follow_ups.list_query(wanted, None, LIMIT)), MOST_BLOCKS)


def test_a_later_page_reads_little__R18(filled: Connection) -> None:
    shown = (TODAY + timedelta(days=100), UUID(int=100_100))
    check(filled, literal(filled, follow_ups.list_query(FILTERS["agent"], shown, LIMIT)), MOST_BLOCKS)


ASKED: list[dict[str, Any]] = [
    *({"state": state} for state in ("open", "taken", "done", "dismissed", "withdrawn", "lapsed")),
    {"state": "taken", "due_to": TODAY},
    {"state": "taken", "due_to": TODAY - timedelta(days=30)},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("of", [{}, {"agent_id": "KF17"}, {"agent_id": "KF99"}, {"team": "T1"}], ids=str)
def test_every_list_of_proposals_reads_little__B3(filled: Connection, of: Any, asked: Any) -> None:
    for before in (None, UUID(int=50_000)):
        query = recovery_proposals.list_query(WantedProposals(**of, **asked), before, LIMIT)
        check(filled, literal(filled, query), MOST_BLOCKS)


def test_what_lapses_is_found_by_its_time__B3(filled: Connection) -> None:
    due = recovery_proposals.to_lapse(datetime.now(UTC) - timedelta(days=69), 500)
    check(filled, literal(filled, due), MOST_BLOCKS)


def test_reminding_looks_at_what_is_due_alone__R18(filled: Connection) -> None:
    due = follow_ups.to_remind(TODAY, 200)
    check(filled, literal(filled, due), MOST_BLOCKS)


def test_a_pitch_asks_little_and_by_index__B5(filled: Connection) -> None:
    said: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    event.listen(filled.engine, "before_cursor_execute", listen)
    try:
        get_pitch(filled, UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b"))  # md5('1')
    finally:
        event.remove(filled.engine, "before_cursor_execute", listen)
    assert 5 < len(said) <= 15
    for statement, parameters in said:
        plan = filled.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        found = plan.scalar_one()[0]["Plan"]
        read_whole = {step["Relation Name"] for step in steps_of(found) if step["Node Type"] == "Seq Scan"}
        assert not read_whole & LARGE, statement
        assert found["Shared Hit Blocks"] + found["Shared Read Blocks"] <= 100, statement
