"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.tables import metadata
from gamedesk_testing.migrations import check_migrations
from sqlalchemy import create_engine, text


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
