"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_testing.migrations import check_migrations
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.tables import metadata
from sqlalchemy import Connection, create_engine, text

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
SELECT gen_random_uuid(), lpad(ticket, 32, '0')::uuid, kind, from_state, to_state, changes::jsonb, agent, at, at
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
SELECT right(ticket_id::text, 1) || '.' || cycle, opened_at, first_replied_by, first_replied_team, done_by
FROM cycles ORDER BY ticket_id, cycle
"""
EXPECTED_CYCLES = [
    ("1.1", "2026-11-02 01:00:00+00", "KF004", "B", "KF003"),
    ("1.2", "2026-11-02 14:00:00+00", "KF003", "A", None),
    ("2.1", "2026-11-02 01:00:00+00", "KF003", "A", None),
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
    ("1", "whale", "2026-11-02 01:15:00+00", None, None, "2026-11-03 02:00:00+00"),
]


def to(connection: Connection, revision: str) -> None:
    config = alembic_config(SERVICE.migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def spelled(connection: Connection, query: str) -> list[tuple[str | None, ...]]:
    rows = connection.execute(text(query)).tuples()
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
