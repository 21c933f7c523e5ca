"""Alembic under several replicas: one of them migrates, the others wait for it and find nothing left to do."""

from __future__ import annotations

import time
from pathlib import Path

import structlog
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from gamedesk_chassis.database import is_transient

log = structlog.get_logger(__name__)

# Polled, never waited for: a waiter inside pg_advisory_lock would stall CREATE INDEX CONCURRENTLY for ever.
_TAKE_LOCK = text("SELECT pg_try_advisory_lock(0x6d6967, 1)")
_LOCK_TIMEOUT = "2s"


def alembic_config(script_location: Path) -> Config:
    """Alembic's configuration for a folder of migrations; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    return config


def migrate(database_url: str, script_location: Path, *, wait_seconds: float = 60.0) -> None:
    """Bring the database to the newest revision; waits for the database and for another migration to end.

    A revision that cannot get its table locks within 2 s is rolled back and tried again, so that it never holds
    up the queries behind it. Raises TimeoutError, or the database's error, after `wait_seconds`.
    """
    engine = create_engine(database_url, poolclass=NullPool, connect_args={"connect_timeout": 3})
    config = alembic_config(script_location)
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            if _migrate_alone(engine, config):
                return
            if time.monotonic() >= deadline:
                raise TimeoutError("another migration of this database did not end in time")
        except DBAPIError as error:
            if not is_transient(error) or time.monotonic() >= deadline:
                raise
            log.info("migration_waits", error=type(error.orig).__name__)
        time.sleep(0.25)


def _migrate_alone(engine: Engine, config: Config) -> bool:
    """Upgrade to head, unless another process is at it (False)."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
        if not lock.execute(_TAKE_LOCK).scalar_one():
            return False
        with engine.connect() as connection:
            connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return True


def run_env(metadata: MetaData) -> None:
    """All that a service's `migrations/env.py` does. Each revision is a transaction of its own."""
    connection = context.config.attributes["connection"]
    if isinstance(connection, Engine):
        with connection.connect() as opened:
            _run(opened, metadata)
    else:
        _run(connection, metadata)


def _run(connection: Connection, metadata: MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
