"""What the background job and whoever looks at a player read of 100,000 planned questions: R5, R6."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players.commands import resyncs, syncs
from gamedesk_players.queries.profiles import games_standing
from gamedesk_players.repository import syncs as repository
from sqlalchemy import Connection, event, text

from .conftest import migrate_players
from .many_players import insert_players

pytestmark = pytest.mark.large

PLAYERS = 50_000
SOMEBODY = UUID("00000000-0000-7000-8000-000000025000")
RESYNC = UUID("00000000-0000-7000-8000-000000000001")
LIMITS = SyncLimits()
LARGE = {"players", "player_phones", "profile_syncs", "profiles"}

# A resync of 10,000 players with xiyou is under way, all others are due tomorrow; in sanguo nothing is due.
SEED = f"""
ALTER TABLE profile_syncs SET (autovacuum_enabled = false);
INSERT INTO resyncs (resync_id, game_ids, state, total, remaining, requested_by, created_at)
VALUES ('{RESYNC}', '{{xiyou}}', 'running', 10000, 10000, 'KF002', now());
UPDATE profile_syncs SET due_at = now() + interval '1 hour' + interval '1 day' * random()
WHERE game_id = 'sanguo' OR player_id > '00000000-0000-7000-8000-000000010000';
UPDATE profile_syncs SET resync_id = '{RESYNC}' WHERE due_at < now();
UPDATE profile_syncs SET leased_until = now() + interval '1 hour', attempts = 1
WHERE game_id = 'xiyou' AND player_id <= '00000000-0000-7000-8000-000000000003';
INSERT INTO profiles (profile_id, player_id, game_id, state, synced_at, version)
SELECT gen_random_uuid(), player_id, game_id, 'not_found', now() - interval '25 hours', 1 FROM profile_syncs;
"""


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("players", migrate_players), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        insert_players(tx, PLAYERS)
        tx.execute(text(SEED))
        tx.execute(text("ANALYZE"))
    # What the seed moved leaves its old places in the indexes; a vacuum or analysis of the server's own, at the same
    # time, would keep them there.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM profile_syncs"))
    yield database
    database.dispose()


def statements_of(database: Database, use_case: Callable[[Connection], Any]) -> list[tuple[str, Any]]:
    """What `use_case` sends to the database; it leaves nothing there."""
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "SAVEPOINT" not in statement:
            sent.append((statement, parameters))

    with database.engine.connect() as tx:
        event.listen(tx, "before_cursor_execute", note)
        use_case(tx)
        tx.rollback()
    return sent


def plan_of(database: Database, statement: str, parameters: Any) -> dict[str, Any]:
    with database.engine.connect() as tx:
        found = tx.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        return found.scalar_one()[0]["Plan"]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


def claim(tx: Connection, game_id: str) -> None:
    assert len(syncs.claim_syncs(tx, game_id, LIMITS, 4)) == (1 if game_id == "xiyou" else 0)


@pytest.mark.parametrize(
    ("use_case", "most_blocks"),
    [
        (lambda tx: claim(tx, "xiyou"), 100),
        (lambda tx: claim(tx, "sanguo"), 50),
        (lambda tx: syncs.hasten_stale(tx, SOMEBODY, timedelta(hours=24)), 200),
        (lambda tx: syncs.request_sync(tx, SOMEBODY, ["xiyou", "sanguo"]), 300),
        (lambda tx: games_standing(tx, ["xiyou", "sanguo"]), 3000),
        (lambda tx: repository.due_counts(tx, ["xiyou", "sanguo"]), 3000),
        (lambda tx: repository.count_of_resync(tx, RESYNC, ["xiyou"]), 1000),
        (lambda tx: repository.is_of_resync(tx, RESYNC, ["sanguo", "xiyou"]), 20),
        (lambda tx: resyncs.measure(tx, ["xiyou", "sanguo"], count=True), 1000),
        (lambda tx: syncs.plan_missing(tx, ["xiyou", "sanguo"], SOMEBODY), 3000),
    ],
    ids=[
        "claim",
        "claim_of_nothing",
        "hasten",
        "request",
        "games",
        "due_counts",
        "resync",
        "resync_done",
        "measure",
        "plan_missing",
    ],
)
def test_nothing_is_read_whole__R5(database: Database, use_case: Callable[[Connection], Any], most_blocks: int) -> None:
    for statement, parameters in statements_of(database, use_case):
        plan = plan_of(database, statement, parameters)
        read_whole = {s["Relation Name"] for s in steps(plan) if s["Node Type"] == "Seq Scan"} & LARGE
        blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        assert not read_whole, statement
        assert blocks <= most_blocks, (blocks, statement)
