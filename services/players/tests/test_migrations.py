"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.tables import metadata
from gamedesk_testing.migrations import check_migrations
from sqlalchemy import create_engine, text

from .test_name_migration import BEFORE, KNOWN, NAMELESS, go

IMPORTED = """
INSERT INTO player_imports (import_id, file_name, state, created_by, created_at, updated_at)
VALUES (CAST(:known AS uuid), 'x', 'checked', 'KF003', now(), now());
INSERT INTO player_import_rows (import_id, row, values, result, problems) VALUES
(CAST(:known AS uuid), 2, jsonb_build_object('phone', '13800138000.00', 'wechat_id', 'Sun_Wukong'), 'good', '[]'),
(CAST(:known AS uuid), 3, jsonb_build_object('phone', '13800138000 / 13900139000'), 'bad', '[]');
"""
ONE_AFTER_ANOTHER = "SELECT phone_key, wechat_key FROM player_import_rows ORDER BY row"
MANY_WECHAT_IDS = """
INSERT INTO player_wechat_ids (wechat_key, wechat_id, player_id, since)
SELECT 'wxid_sun' || n, 'x', CAST(:known AS uuid), now() FROM generate_series(1, 4100) n;
"""
WITHOUT_GRAMS = "SELECT count(*) FROM player_wechat_ids WHERE NOT grams @> '{sun}'"


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("players"))


def test_the_way_back_does_not_lose_the_list_of_the_erased__erasure(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("players")
    migrate(url, SERVICE.migrations)
    engine = create_engine(url)
    erasure = text("INSERT INTO erasures VALUES (gen_random_uuid(), 'KF001', 'x', now())")
    with engine.begin() as tx:
        tx.execute(erasure)
    with engine.connect() as connection:
        config = alembic_config(SERVICE.migrations)
        config.attributes["connection"] = connection
        with pytest.raises(RuntimeError, match="erasures export"):
            command.downgrade(config, "0002")
    with engine.begin() as tx:
        assert tx.execute(text("SELECT count(*) FROM erasures")).scalar_one() == 1
    engine.dispose()


def run(connection: Any, statements: str) -> None:
    for statement in statements.split(";\n")[:-1]:
        connection.execute(text(statement), {"known": str(KNOWN), "nameless": str(NAMELESS)})
    connection.commit()


def test_rows_of_imports_from_before_are_found_by_person__erasure(fresh_database: Callable[..., str]) -> None:
    engine = create_engine(fresh_database("players"))
    with engine.connect() as connection:
        go(connection, command.upgrade, "0007")
        run(connection, IMPORTED)
        go(connection, command.upgrade, "head")
        assert list(connection.execute(text(ONE_AFTER_ANOTHER))) == [
            ("+8613800138000", "sun_wukong"),
            (None, None),
        ]
        connection.commit()
        go(connection, command.downgrade, "0007")
    engine.dispose()


def test_on_the_way_back_wechat_ids_have_their_grams_again__R6(fresh_database: Callable[..., str]) -> None:
    engine = create_engine(fresh_database("players"))
    with engine.connect() as connection:
        go(connection, command.upgrade, "0001")
        run(connection, BEFORE)
        go(connection, command.upgrade, "head")
        run(connection, "DELETE FROM player_wechat_ids;\n" + MANY_WECHAT_IDS)
        go(connection, command.downgrade, "0009")
        assert connection.execute(text(WITHOUT_GRAMS)).scalar_one() == 0
        connection.commit()
        go(connection, command.upgrade, "head")
    engine.dispose()


@pytest.mark.parametrize("before", ["0005", "0009"])
def test_players_are_served_while_their_indexes_are_built(
    fresh_database: Callable[..., str], eventually: Callable[..., Any], before: str
) -> None:
    url = fresh_database("players")
    engine = create_engine(url)
    builds = "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE relid = to_regclass('players'))"
    with engine.connect() as product, engine.connect() as connection, ThreadPoolExecutor(1) as other:
        go(connection, command.upgrade, "0001")
        run(connection, BEFORE)
        go(connection, command.upgrade, before)
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("SET lock_timeout = '100ms'"))
        product.execute(text("UPDATE players SET note = 'x'"))
        migrated = other.submit(migrate, url, SERVICE.migrations)
        try:
            eventually(lambda: connection.execute(text(builds)).scalar_one())
            for _ in range(20):
                connection.execute(text("SELECT count(*) FROM players JOIN player_wechat_ids USING (player_id)"))
                connection.execute(text("UPDATE player_wechat_ids SET since = now()"))
        finally:
            product.commit()
        migrated.result(timeout=60)
    engine.dispose()
