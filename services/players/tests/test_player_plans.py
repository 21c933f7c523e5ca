"""No search and no list reads much more than it shows, at 100,000 players: R6."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players.model.search import Wanted
from gamedesk_players.queries.search import statements
from gamedesk_players.repository.lists import id_queries
from gamedesk_players.repository.search import plan_by_index
from gamedesk_players.tables import players
from sqlalchemy import Connection, Select, select, text

from .conftest import migrate_players

pytestmark = pytest.mark.large

PAGE = 51
LARGE = {"players", "player_phones", "player_wechat_ids", "player_names", "profiles"}

# Players made one after the other from 2020 on. 100 agents own them; one of a hundred is merged into his neighbour, one
# of a thousand erased; every tenth name begins with 王, every second holds one; servers open one after the other.
SEED = """
INSERT INTO agents (agent_id, name, role, team, active, password_hash, version, created_at, updated_at)
SELECT 'Z' || a, 'Z' || a, 'agent', 'Z', true, '', 1, now(), now() FROM generate_series(0, 99) AS a;

CREATE TEMP TABLE made AS
SELECT n, (lpad(to_hex(1577836800000 + n::bigint * 1800000), 12, '0') || '7' || substr(md5(n::text), 1, 3)
           || '8' || substr(md5(n::text), 4, 15))::uuid AS player_id
FROM generate_series(1, 100000) AS n;

INSERT INTO players (player_id, owner_agent_id, wechat_id, wechat_name, tier, minor_band, note, tags, merged_into,
                     erased_at, version, created_at, updated_at)
SELECT m.player_id, 'Z' || (m.n / 2) % 100, 'wxid_' || substr(md5(m.n::text), 1, 12), NULL,
       CASE WHEN m.n % 500 = 7 THEN 'whale' WHEN m.n % 20 = 7 THEN 'big' ELSE 'none' END,
       CASE WHEN m.n % 1000 = 11 THEN '8_15' ELSE 'none' END, '',
       CASE WHEN m.n % 700 = 13 THEN '{rare,often}'::text[] WHEN m.n % 5 = 3 THEN '{often}' ELSE '{}' END,
       CASE WHEN m.n % 100 = 1 THEN other.player_id END, CASE WHEN m.n % 1000 = 500 THEN now() END, 1, now(), now()
FROM made AS m LEFT JOIN made AS other ON other.n = m.n - 1;

INSERT INTO player_phones (phone, player_id, position)
SELECT '+8613' || lpad((m.n::bigint * 7919 % 1000000000)::text, 9, '0'), player_id, 0 FROM made AS m;

INSERT INTO player_wechat_ids (wechat_key, wechat_id, player_id, since)
SELECT id, id, player_id, now()
FROM (SELECT player_id, CASE WHEN n % 2 = 0 THEN 'wxid_' ELSE 'w' END || substr(md5(n::text), 1, 9) AS id
      FROM made) AS a;

INSERT INTO player_names (player_id, name_key, grams)
SELECT player_id, name, ARRAY(SELECT DISTINCT substr(name, i, l) FROM generate_series(1, length(name)) AS i,
                              generate_series(1, 2) AS l WHERE i + l <= length(name) + 1)
FROM (SELECT player_id, unnest(ARRAY[
        CASE WHEN n % 10 = 0 THEN '王' WHEN n % 10 = 1 THEN '小明' ELSE chr(19968 + n % 5000) END
        || chr(19968 + n / 7 % 3000) || chr(19968 + n / 11 % 3000),
        chr(24000 + n % 4000) || '王' || chr(19968 + n / 13 % 3000)]) AS name FROM made) AS named
ON CONFLICT DO NOTHING;

INSERT INTO profiles (profile_id, player_id, game_id, state, game_account_id, nickname, server_id, server_name,
                      synced_at, version)
SELECT md5(game || n)::uuid, player_id, game, state, account, account, server, server, synced, 1
FROM (SELECT n, player_id, game, CASE WHEN has THEN n::text END AS account,
             CASE WHEN has THEN 's' || n / 1000 END AS server,
             CASE WHEN n % 3000 = 5 THEN 'error' WHEN has THEN 'ok' ELSE 'not_found' END AS state,
             now() - CASE WHEN n % 2000 = 9 THEN interval '3 days' ELSE interval '1 hour' END AS synced
      FROM (SELECT n, player_id, game, (n + length(game)) % 2 = 0 AS has
            FROM made, unnest(ARRAY['xiyou', 'sanguo']) AS game) AS a) AS b;

ANALYZE players; ANALYZE player_phones; ANALYZE player_wechat_ids; ANALYZE player_names; ANALYZE profiles;
"""


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("players", migrate_players), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(SEED))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {', '.join(sorted(LARGE))}"))  # as any desk's tables soon are
    with database.begin() as tx:
        plan_by_index(tx)
        yield tx
    database.dispose()


def plan_of(tx: Connection, query: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    statement = query.compile(tx.engine, compile_kwargs={"literal_binds": True})
    found = tx.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"))
    return found.scalar_one()[0]["Plan"]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


def check(tx: Connection, query: Select[Any], most_blocks: int) -> None:
    plan = plan_of(tx, query)
    read_whole = {s["Relation Name"] for s in steps(plan) if s["Node Type"] == "Seq Scan"} & LARGE
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert not read_whole
    assert blocks <= most_blocks, (blocks, outline(plan))


def outline(plan: dict[str, Any], depth: int = 0) -> str:
    """The plan as a person reads it, for a test that fails."""
    name = plan.get("Index Name", plan.get("Relation Name", ""))
    line = f"{' ' * depth}{plan['Node Type']} {name} {plan['Actual Rows']}"
    return "\n".join([line, *(outline(child, depth + 1) for child in plan.get("Plans", []))])


AMONG_ONES_OWN = {"phone_prefix", "wechat_prefix", "wechat_part"}
SEARCHES = [
    "13000007919",
    "+86 130-0000-7919",
    "7919",
    "13012",
    "+86130",
    "00861301",
    "w",
    "wxid_",
    "wc4ca4238a",
    "wc4ca",
    "c4ca42",
    "238a",
    "王",
    "小明",
    "明",
    "一",
    "王一",
    "小明一一",
    "没有这个人",
    "xyz",
    "q",
    "王q",
]


@pytest.mark.parametrize("typed", SEARCHES)
def test_every_way_of_a_search_is_served_by_an_index__R6(filled: Connection, typed: str) -> None:
    for match, query in statements(typed, None, "Z42"):
        check(filled, query, 8000 if match in AMONG_ONES_OWN else 1000)


@pytest.mark.parametrize("typed", SEARCHES)
def test_a_search_among_an_agents_players_reads_no_more_than_he_has__R6(filled: Connection, typed: str) -> None:
    for _, query in statements(typed, "Z42", "Z42"):
        check(filled, query, 8000)


FILTERS: list[tuple[dict[str, Any], int]] = [
    ({}, 300),
    ({"owner": "Z42"}, 300),
    ({"tier": "whale"}, 300),
    ({"tier": "none"}, 300),
    ({"owner": "Z41", "tier": "big"}, 300),
    ({"minor_band": "8_15"}, 300),
    ({"minor_band": "none"}, 300),
    ({"tag": "often"}, 600),
    ({"tag": "rare"}, 600),
    ({"owner": "Z42", "tag": "often"}, 2000),
    ({"owner": "Z42", "minor_band": "8_15"}, 2000),
    ({"created_from": date(2020, 3, 1), "created_to": date(2020, 3, 2)}, 300),
    ({"owner": "Z42", "created_from": date(2021, 3, 1), "created_to": date(2021, 5, 2)}, 300),
    ({"game": "xiyou"}, 1000),
    ({"game": "xiyou", "server": "s3"}, 5000),
    ({"game": "xiyou", "server": "s97"}, 5000),
    ({"game": "sanguo", "profile_state": "error"}, 5000),
    ({"profile_state": "error"}, 5000),
    ({"profile_state": "stale"}, 5000),
    ({"profile_state": "ok"}, 1000),
    ({"profile_state": "not_found"}, 1000),
    ({"profile_state": "ambiguous"}, 300),
    ({"owner": "Z42", "game": "xiyou"}, 2000),
    ({"owner": "Z42", "game": "xiyou", "server": "s3"}, 8000),
    ({"tier": "whale", "game": "xiyou"}, 2000),
    ({"tier": "none", "game": "xiyou", "server": "s3"}, 5000),
]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize(("filters", "most_blocks"), FILTERS, ids=lambda value: str(value))
def test_every_list_is_served_by_an_index__R6(
    filled: Connection, filters: dict[str, Any], most_blocks: int, sort: Any
) -> None:
    last = UUID("01705f9a-0000-7000-8000-000000000000")
    for after in (None, last):
        for query in id_queries(Wanted(**filters, sort=sort), after, PAGE):
            check(filled, query, most_blocks)


def test_merged_players_are_read_from_their_index_alone__R6(filled: Connection) -> None:
    merged = select(players.c.merged_into, players.c.player_id).where(players.c.merged_into.is_not(None))
    plan = plan_of(filled, merged)
    assert (plan["Node Type"], plan["Index Name"]) == ("Index Only Scan", "ix_players_merged_into")


@pytest.mark.parametrize("typed", ["c4ca42", "238a"])
def test_parts_of_an_agents_own_wechat_ids_are_read_from_an_index_alone__R6(filled: Connection, typed: str) -> None:
    (query,) = (query for match, query in statements(typed, None, "Z42") if match == "wechat_part")
    read = {s["Index Name"]: s["Node Type"] for s in steps(plan_of(filled, query)) if "Index Name" in s}
    assert read["ix_player_wechat_ids_player_id_wechat_key"] == "Index Only Scan"


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_few_players_are_asked_for_their_profiles_whatever_that_seems_to_cost__R6(
    filled: Connection, sort: Any
) -> None:
    """Also where that seems dear, and reading all profiles of the game cheap: they are those of all desks."""
    with filled.begin_nested() as nested:
        filled.execute(text("SET LOCAL random_page_cost = 1000"))
        for query in id_queries(Wanted(owner="Z42", game="xiyou", sort=sort), None, PAGE):
            check(filled, query, 2000)
        nested.rollback()
