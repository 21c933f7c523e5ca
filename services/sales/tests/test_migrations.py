"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_sales.__main__ import SERVICE
from gamedesk_sales.tables import lost_reasons, metadata
from gamedesk_testing.migrations import check_migrations
from sqlalchemy import create_engine, func, select


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("sales"))


def test_the_first_lost_reasons_are_not_made_twice(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("sales")
    migrate(url, SERVICE.migrations)
    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config(SERVICE.migrations)
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        command.upgrade(config, "head")
        assert connection.execute(select(func.count()).select_from(lost_reasons)).scalar_one() == 7
    engine.dispose()
