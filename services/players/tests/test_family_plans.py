"""Handoffs, merges, erasures and histories read by an index at 100,000 rows: R6."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.principal import Principal
from gamedesk_players.commands import erasures, handoffs, merges
from gamedesk_players.commands.merges import MergeRequest
from gamedesk_players.model.handoffs import Handoff
from gamedesk_players.queries import agents, history, players
from gamedesk_players.queries import merges as merge_queries
from gamedesk_players.repository import handoffs as handoff_rows
from sqlalchemy import Connection, event, text

from .conftest import migrate_players
from .many_players import insert_players

pytestmark = pytest.mark.large

ADMIN = Principal("KF001", "admin", "A")
SURVIVOR = UUID("00000000-0000-7000-8000-000000050000")
OTHER = UUID("00000000-0000-7000-8000-000000050003")
MERGE = UUID("00000000-0000-7000-8000-0000000000aa")
MOST_BLOCKS = 4000
SMALL = {"agents", "agent_wechat_bindings", "handoffs"}

# Every tenth player is merged into the one before; everybody has some history and was looked at once.
SEED = f"""
UPDATE players SET merged_into = (left(player_id::text, 35) || '0')::uuid
WHERE right(player_id::text, 1) = '1' AND right(player_id::text, 12)::bigint > 1;
INSERT INTO player_history (history_id, player_id, kind, details, happened_at)
SELECT gen_random_uuid(), player_id, 'tier_changed', '{{}}', now() FROM players, generate_series(1, 3);
INSERT INTO contact_reveals (reveal_id, player_id, agent_id, reason, revealed_at)
SELECT gen_random_uuid(), player_id, 'KF002', 'x', now() FROM players;
INSERT INTO merges (merge_id, survivor_id, loser_id, owner_before, moved, fields, merged_by, merged_at)
SELECT CASE WHEN merged_into = '{SURVIVOR}' THEN '{MERGE}' ELSE gen_random_uuid() END, merged_into, player_id, 'KF003',
       '{{}}', '{{}}', 'KF003', now() FROM players WHERE merged_into IS NOT NULL;
INSERT INTO profiles (profile_id, player_id, game_id, state, version)
SELECT gen_random_uuid(), player_id, game_id, 'not_found', 1 FROM profile_syncs;
INSERT INTO player_names (player_id, name_key, grams) SELECT player_id, right(player_id::text, 6), '{{}}' FROM players;
INSERT INTO player_wechat_ids (wechat_key, wechat_id, player_id, since)
SELECT 'w' || right(player_id::text, 9), 'x', player_id, now() FROM players;
INSERT INTO idempotency_keys (caller, operation, key, body_hash, status, resource_id, created_at)
SELECT 'KF003', 'create_player', player_id, 'x', 201, player_id, now() FROM players;
INSERT INTO erasures (player_id, erased_by, reason, erased_at)
SELECT gen_random_uuid(), 'KF001', 'x', now() FROM generate_series(1, 20000);
INSERT INTO player_imports (import_id, file_name, state, created_by, created_at, updated_at)
SELECT gen_random_uuid(), 'x', 'done', 'KF003', now(), now() FROM generate_series(1, 20000);
INSERT INTO player_import_rows (import_id, row, values, result, problems, player_id, phone_key, wechat_key)
SELECT (SELECT min(import_id::text)::uuid FROM player_imports), row_number() OVER (), '{{}}', 'created', '[]',
       player_id, '+861' || right(player_id::text, 10), 'w' || right(player_id::text, 9) FROM players;
INSERT INTO player_import_rows (import_id, row, values, result, problems)
SELECT (SELECT min(import_id::text)::uuid FROM player_imports), 100000 + n, '{{"phone": "13800138000 / 139"}}', 'bad',
       '[]' FROM generate_series(1, 5000) n;
"""
HANDOFF = Handoff(UUID(int=1), "KF003", "KF004", "x", "running", 100_000, 0, "KF001", now())


def merge(tx: Connection) -> None:
    merges.merge_players(tx, ADMIN, SURVIVOR, 1, MergeRequest(OTHER, 1, {}))


def hand_off(tx: Connection) -> None:
    handoff_rows.insert_handoff(tx, HANDOFF)
    handoffs.move_some(tx)


USE_CASES: dict[str, Callable[[Connection], Any]] = {
    "get_player": lambda tx: players.get_player(tx, SURVIVOR),
    "history": lambda tx: history.list_history(tx, SURVIVOR, None, None, 50),
    "older_history": lambda tx: history.list_history(tx, SURVIVOR, UUID(int=2**127), None, 50),
    "reveals": lambda tx: history.list_reveals(tx, SURVIVOR, None, 50),
    "merges": lambda tx: merge_queries.list_merges(tx, SURVIVOR, None, 50),
    "bindings": lambda tx: agents.list_wechat_bindings(tx, "KF003", None, 50),
    "merge": merge,
    "undo": lambda tx: merges.undo_merge(tx, ADMIN, MERGE, "x"),
    "hand_off": hand_off,
    "erase": lambda tx: erasures.erase_player(tx, ADMIN, SURVIVOR, "x"),
}


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("players", migrate_players), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        insert_players(tx, 100_000)
        tx.execute(text(SEED))
        tx.execute(text("ANALYZE"))
    yield database
    database.dispose()


def statements_of(database: Database, use_case: Callable[[Connection], Any]) -> dict[str, Any]:
    """What `use_case` sends to the database, each kind once; it leaves nothing there."""
    sent: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "SAVEPOINT" not in statement:
            sent.setdefault(statement, parameters)

    with database.engine.connect() as tx:
        event.listen(tx, "before_cursor_execute", note)
        use_case(tx)
        tx.rollback()
    return sent


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


@pytest.mark.parametrize("name", USE_CASES)
def test_what_concerns_one_person_reads_little_of_100_000__R6(database: Database, name: str) -> None:
    for statement, parameters in statements_of(database, USE_CASES[name]).items():
        with database.engine.connect() as tx:
            explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            plan = tx.exec_driver_sql(explain, parameters).scalar_one()[0]["Plan"]
            tx.rollback()
        whole = {s["Relation Name"] for s in steps(plan) if s["Node Type"] == "Seq Scan"} - SMALL
        assert not whole, (statement, json.dumps(plan, indent=1))
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BLOCKS, statement
