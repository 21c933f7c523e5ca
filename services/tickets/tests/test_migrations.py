"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_testing.migrations import check_migrations
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.model.working_time import WEEKDAYS, WorkingTime
from gamedesk_tickets.tables import metadata
from sqlalchemy import Connection, create_engine, event, text

# As the first step left it: one ticket that was solved, opened again and answered, one that waits for the player.
OLD_TICKETS = """
INSERT INTO agent_copies VALUES ('KF003', 'agent', 'A', true, 1), ('KF004', 'agent', 'B', true, 1);
INSERT INTO player_copies VALUES
  ('019aa000-0000-7000-8000-000000000003', 'KF003', 'whale', 'none', NULL, false, 1);
INSERT INTO tickets (ticket_id, player_id, state, detail, solution, category, priority, waiting_on, created_by,
                     asked_at, first_replied_at, done_at, first_done_at, version, revision, created_at, updated_at)
VALUES
  ('00000000-0000-0000-0000-000000000001', '019aa000-0000-7000-8000-000000000003', 'in_progress', 'x', 'x', 'bug',
   'normal', 'none', 'KF003', '2026-11-02 01:00Z', '2026-11-02 01:10Z', NULL, '2026-11-02 03:00Z', 5, 5,
   '2026-11-02 01:05Z', '2026-11-03 02:00Z'),
  ('00000000-0000-0000-0000-000000000002', '019aa000-0000-7000-8000-000000000003', 'in_progress', 'x', NULL, 'bug',
   'urgent', 'player', 'KF003', '2026-11-02 01:00Z', '2026-11-02 12:59Z', NULL, NULL, 3, 3,
   '2026-11-02 01:05Z', '2026-11-03 02:00Z');
INSERT INTO entries (entry_id, ticket_id, kind, from_state, to_state, changes, agent_id, happened_at, recorded_at)
SELECT gen_random_uuid(), lpad(ticket, 32, '0')::uuid, kind, from_state, to_state, changes::jsonb, agent, at,
       at + CASE WHEN at = '2026-11-02 12:59Z' THEN interval '20 minutes' ELSE interval '0' END
FROM (VALUES
  ('1', 'created', NULL, NULL, '[]', 'KF003', timestamptz '2026-11-02 01:00Z'),
  ('1', 'reply', NULL, NULL, '[]', 'KF004', '2026-11-02 01:10Z'),
  ('1', 'transition', 'pending', 'done', '[]', 'KF003', '2026-11-02 03:00Z'),
  ('1', 'transition', 'done', 'in_progress', '[]', 'KF003', '2026-11-02 14:00Z'),
  ('1', 'reply', NULL, NULL, '[]', 'KF003', '2026-11-03 02:00Z'),
  ('2', 'reply', NULL, NULL, '[]', 'KF003', '2026-11-02 12:59Z'),
  ('2', 'edit', NULL, NULL, '[{"field": "waiting_on", "before": "none", "after": "player"}]', 'KF003',
   '2026-11-03 02:00Z')
) AS old (ticket, kind, from_state, to_state, changes, agent, at)
"""

# The first rules: 09:00–21:00 in Shanghai, every day.
CYCLES = """
SELECT right(ticket_id::text, 1) || '.' || cycle, opened_at, first_replied_by, first_replied_team, done_by,
       reopened, first_reply_late FROM cycles ORDER BY ticket_id, cycle
"""
EXPECTED_CYCLES = [
    ("1.1", "2026-11-02 01:00:00+00", "KF004", "B", "KF003", "True", "False"),
    ("1.2", "2026-11-02 14:00:00+00", "KF003", "A", None, "False", "False"),
    ("2.1", "2026-11-02 01:00:00+00", "KF003", "A", None, "False", "True"),
]
CLOCKS = """
SELECT first_response_due_at, resolution_due_at, first_response_seconds, resolution_seconds, paused_since
FROM cycles ORDER BY ticket_id, cycle
"""
EXPECTED_CLOCKS = [
    ("2026-11-02 02:00:00+00", "2026-11-03 13:00:00+00", "600", "7200", None),
    ("2026-11-03 02:00:00+00", "2026-11-04 13:00:00+00", "3600", None, None),
    ("2026-11-02 01:15:00+00", "2026-11-02 05:00:00+00", "43140", None, "2026-11-03 02:00:00+00"),
]
TICKETS = """
SELECT cycle, player_tier, first_response_due_at, resolution_due_at, next_due_at, paused_since
FROM tickets ORDER BY ticket_id
"""
EXPECTED_TICKETS = [
    ("2", "whale", "2026-11-03 02:00:00+00", "2026-11-04 13:00:00+00", "2026-11-04 13:00:00+00", None),
    (
        "1",
        "whale",
        "2026-11-02 01:15:00+00",
        "2026-11-02 05:00:00+00",  # missed before the pause
        "2026-11-02 05:00:00+00",
        "2026-11-03 02:00:00+00",
    ),
]


def to(connection: Connection, revision: str) -> None:
    config = alembic_config(SERVICE.migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def spelled(connection: Connection, query: str) -> list[tuple[str | None, ...]]:
    rows = connection.execute(text(query))
    return [tuple(None if value is None else str(value).replace("+00:00", "+00") for value in row) for row in rows]


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("tickets"))


def test_tickets_from_before_the_clocks_get_their_cycles_from_the_timeline(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("tickets")
    engine = create_engine(url, connect_args={"options": "-c timezone=UTC"})
    with engine.connect() as connection:
        to(connection, "0002")
        connection.execute(text(OLD_TICKETS))
        connection.commit()

    migrate(url, SERVICE.migrations)

    with engine.connect() as connection:
        assert spelled(connection, CYCLES) == EXPECTED_CYCLES
        assert spelled(connection, CLOCKS) == EXPECTED_CLOCKS
        assert spelled(connection, TICKETS) == EXPECTED_TICKETS
        of_players = spelled(connection, "SELECT DISTINCT player_id FROM entries")
        assert of_players == [("019aa000-0000-7000-8000-000000000003",)]
    engine.dispose()


# Questions spread over a year, answered and done by all times of the day.
MANY_TICKETS = """
INSERT INTO tickets (ticket_id, player_id, state, detail, solution, category, priority, waiting_on, created_by,
                     asked_at, done_at, version, revision, created_at, updated_at)
SELECT lpad(n::text, 32, '0')::uuid, gen_random_uuid(), 'done', 'x', 'x', 'bug',
       (array['low', 'normal', 'high', 'urgent'])[n % 4 + 1], 'none', 'KF003', asked_at, asked_at, 1, 1, asked_at,
       asked_at
FROM (SELECT n, timestamptz '2026-01-01' + n * 7919 % 31536000 * interval '1.000123 seconds' AS asked_at
      FROM generate_series(1, {n}) AS n) AS made;
INSERT INTO entries (entry_id, ticket_id, kind, to_state, changes, agent_id, happened_at, recorded_at)
SELECT gen_random_uuid(), ticket_id, kind, state, '[]', 'KF003', at, at
FROM (SELECT ticket_id, 'reply' AS kind, NULL AS state, asked_at + number * 104729 % 400000 * interval '1 second' AS at
      FROM tickets
      UNION ALL
      SELECT ticket_id, 'transition', 'done', asked_at + number * 15487 % 900000 * interval '1 second' FROM tickets
     ) AS told
"""
COMPUTED = """
SELECT priority, opened_at, cycles.first_replied_at, cycles.done_at, cycles.first_response_due_at,
       cycles.resolution_due_at, first_response_seconds, resolution_seconds
FROM cycles JOIN tickets USING (ticket_id)
"""
HOURS = {"low": (4, 60), "normal": (1, 24), "high": (0.5, 12), "urgent": (0.25, 4)}


@pytest.fixture
def upgraded(fresh_database: Callable[..., str]) -> Callable[[int], tuple[int, list[dict[str, Any]]]]:
    """`upgraded(tickets)`: how many statements it takes to give them clocks, and the clocks."""

    def upgrade(tickets: int) -> tuple[int, list[dict[str, Any]]]:
        engine = create_engine(fresh_database("tickets"))
        statements: list[str] = []
        with engine.connect() as connection:
            to(connection, "0002")
            connection.execute(text(MANY_TICKETS.format(n=tickets)))
            connection.commit()
            event.listen(connection, "before_cursor_execute", lambda *about: statements.append(about[2]))
            to(connection, "head")
            clocks = [dict(row._mapping) for row in connection.execute(text(COMPUTED))]
        engine.dispose()
        return len(statements), clocks

    return upgrade


def test_clocks_of_many_tickets_take_no_more_statements_than_those_of_few(
    upgraded: Callable[[int], tuple[int, list[dict[str, Any]]]],
) -> None:
    few, _ = upgraded(3)
    many, clocks = upgraded(3000)

    assert many == few
    assert len(clocks) == 3000
    working_time = WorkingTime("Asia/Shanghai", {day: [("09:00", "21:00")] for day in WEEKDAYS}, ())
    for clock in clocks:
        opened_at: datetime = clock["opened_at"]
        for name, at, hours in zip(
            ("first_response", "resolution"), ("first_replied_at", "done_at"), HOURS[clock["priority"]], strict=True
        ):
            assert clock[f"{name}_due_at"] == working_time.add(opened_at, int(hours * 3600)), clock
            assert clock[f"{name}_seconds"] == working_time.seconds_between(opened_at, clock[at]), clock
