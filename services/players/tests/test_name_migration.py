"""Names and WeChat ids from before they were indexed one by one are found as well, and survive the way back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.queries.search import statements
from gamedesk_players.repository.search import find
from sqlalchemy import Connection, create_engine, text

KNOWN, NAMELESS = UUID(int=1), UUID(int=2)
BEFORE = """
INSERT INTO agents (agent_id, name, role, team, active, password_hash, version, created_at, updated_at)
VALUES ('KF003', 'x', 'agent', 'A', true, '', 1, now(), now());
INSERT INTO players (player_id, owner_agent_id, wechat_id, tier, minor_band, note, tags, version, created_at,
                     updated_at)
SELECT id::uuid, 'KF003', 'wxid_Monkey72', 'none', 'none', '', '{}', 1, now(), now()
FROM unnest(ARRAY[:known, :nameless]) AS id;
INSERT INTO player_names (player_id, names, grams) VALUES
  (CAST(:known AS uuid), E'孙悟空\\nmonkeyking\\n孙悟空', '{孙,悟,空,孙悟,悟空}'), (CAST(:nameless AS uuid), '', '{}');
INSERT INTO player_wechat_ids (wechat_key, wechat_id, player_id, since)
VALUES ('wxid_monkey72', 'wxid_Monkey72', CAST(:known AS uuid), now());
"""
# What the version of before writes while the migration waits for it: another name, and another WeChat id.
MEANWHILE = [
    """UPDATE player_names SET names = E'孙悟空\\n齐天大圣' WHERE player_id = CAST(:known AS uuid)""",
    """INSERT INTO player_wechat_ids (wechat_key, wechat_id, player_id, since)
    VALUES ('bajie1990', 'bajie1990', CAST(:nameless AS uuid), now())""",
]
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = to_regclass('player_names'))"


def test_names_from_before_are_found_and_survive_the_way_back__R6(fresh_database: Callable[..., str]) -> None:
    engine = create_engine(fresh_database("players"))
    with engine.connect() as connection:
        start(connection)
        go(connection, command.upgrade, "head")
        for typed, match in [
            ("孙悟空", "name"),
            ("悟", "name_part"),
            ("monkey72", "wechat_part"),
            ("keyk", "name_part"),
        ]:
            assert found(connection, typed) == [(KNOWN, match)]
        connection.commit()

        go(connection, command.downgrade, "0001")
        names = connection.execute(text("SELECT player_id, names, grams FROM player_names ORDER BY player_id")).all()
        assert [(row.player_id, sorted(row.names.split())) for row in names] == [
            (KNOWN, ["monkeyking", "孙悟空"]),
            (NAMELESS, []),
        ]
        assert {"m", "悟空"} <= set(names[0].grams)
    engine.dispose()


def test_what_is_written_while_names_are_prepared_is_found_as_well__R6(
    fresh_database: Callable[..., str], eventually: Callable[..., Any]
) -> None:
    url = fresh_database("players")
    engine = create_engine(url)
    with engine.connect() as product, engine.connect() as connection, ThreadPoolExecutor(1) as other:
        start(connection)
        connection.execution_options(isolation_level="AUTOCOMMIT")
        product.execute(text(MEANWHILE[0]), {"known": str(KNOWN)})
        migrated = other.submit(migrate, url, SERVICE.migrations)
        try:
            eventually(lambda: connection.execute(text(WAITS)).scalar_one())
            product.execute(text(MEANWHILE[1]), {"nameless": str(NAMELESS)})
        finally:
            product.commit()
        migrated.result(timeout=60)

        assert found(connection, "齐天大圣") == [(KNOWN, "name")]
        assert found(connection, "jie19") == [(NAMELESS, "wechat_part")]
        assert found(connection, "monkeyking") == []
    engine.dispose()


def start(connection: Connection) -> None:
    """A database of before, with two players."""
    go(connection, command.upgrade, "0001")
    for statement in BEFORE.split(";\n")[:-1]:
        connection.execute(text(statement), {"known": str(KNOWN), "nameless": str(NAMELESS)})
    connection.commit()


def found(connection: Connection, typed: str) -> list[tuple[UUID, str | None]]:
    hits, _ = find(connection, statements(typed, None, "KF003"))
    return [(hit.player_id, hit.match) for hit in hits]


def go(connection: Connection, way: Callable[..., None], revision: str) -> None:
    config = alembic_config(SERVICE.migrations)
    config.attributes["connection"] = connection
    way(config, revision)
