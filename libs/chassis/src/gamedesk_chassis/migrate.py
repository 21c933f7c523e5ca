"""Alembic under several replicas: one of them migrates, the others wait for it and find nothing left to do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from gamedesk_chassis.database import is_transient

log = structlog.get_logger(__name__)

# Polled, never waited for: a waiter inside pg_advisory_lock would stall CREATE INDEX CONCURRENTLY for ever.
_TAKE_LOCK = text("SELECT pg_try_advisory_lock(0x6d6967, 1)")
_LOCK_TIMEOUT = "2s"
# A try that took longer than this did some of the work before it had to wait.
_WORKED_SECONDS = 10.0
_INVALID = text("SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid)")


def alembic_config(script_location: Path) -> Config:
    """Alembic's configuration for a folder of migrations; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    return config


def migrate(database_url: str, script_location: Path, *, wait_seconds: float = 60.0) -> None:
    """Bring the database to the newest revision; waits for the database and for another migration to end.

    A revision that waits for a table lock longer than 2 s is rolled back and tried again: queries queue behind one that
    waits. They wait as well for a lock that a revision has until it ends; so it changes tables quickly, fills large
    ones in `committed` batches before, and indexes them with `index_concurrently`. Raises TimeoutError, or the
    database's error, after `wait_seconds` in which nothing was done.
    """
    engine = create_engine(database_url, poolclass=NullPool, connect_args={"connect_timeout": 3})
    config = alembic_config(script_location)
    deadline = time.monotonic() + wait_seconds
    while True:
        began = time.monotonic()
        try:
            if _migrate_alone(engine, config):
                return
            if time.monotonic() >= deadline:
                raise TimeoutError("another migration of this database did not end in time")
        except DBAPIError as error:
            if time.monotonic() - began > _WORKED_SECONDS:
                deadline = time.monotonic() + wait_seconds
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


@contextmanager
def committed() -> Iterator[Connection]:
    """In the block every statement of a revision is committed by itself, and so is what came before it.

    A revision that has such a block is run again from its beginning when it fails, and has to bear that.
    """
    with op.get_context().autocommit_block():
        yield op.get_bind()


def index_concurrently(name: str, table: str, columns: Sequence[Any], **options: Any) -> None:
    """Index a table that is read and written meanwhile, in a `committed` block of its own; `options`: create_index's.

    An index that is there stays; one that was begun and failed is built anew.
    """
    with committed() as connection:
        connection.execute(text("SET lock_timeout = 0"))  # it waits for others, and nobody waits for it
        if connection.execute(_INVALID, {"name": name}).scalar_one():
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True, **options)
        connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))


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
