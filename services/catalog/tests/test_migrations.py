"""The migrations make what tables.py describes, from nothing and again after going back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from gamedesk_catalog.__main__ import SERVICE
from gamedesk_catalog.tables import metadata
from gamedesk_chassis.migrate import alembic_config, migrate
from sqlalchemy import create_engine


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("catalog")
    migrate(url, SERVICE.migrations)
    assert differences(url) == []

    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config(SERVICE.migrations)
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    migrate(url, SERVICE.migrations)
    assert differences(url) == []


def differences(url: str) -> list[Any]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            return compare_metadata(context, metadata)
    finally:
        engine.dispose()
