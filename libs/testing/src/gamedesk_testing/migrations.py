"""Migrations make what tables.py describes: from nothing, and again after going all the way back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_chassis.service import Service
from sqlalchemy import MetaData, create_engine


def check_migrations(service: Service, metadata: MetaData, url: str) -> None:
    """Upgrade, compare with `metadata`, downgrade to nothing, upgrade and compare again; `url` is an empty database."""
    migrate(url, service.migrations)
    assert differences(url, metadata) == []
    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config(service.migrations)
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    migrate(url, service.migrations)
    assert differences(url, metadata) == []


def differences(url: str, metadata: MetaData) -> list[Any]:
    """What Alembic would still change to make the database look like `metadata`."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            return compare_metadata(context, metadata)
    finally:
        engine.dispose()
