from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from gamedesk_chassis.migrate import index_concurrently, migrate
from gamedesk_chassis.streams import load_declaration
from gamedesk_chassis.worker import check_listeners
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

sys.path.insert(0, str(Path(__file__).parent))

SERVICE = Path(__file__).parent / "sample_service"
MIGRATIONS = SERVICE / "migrations"


def test_migrations_started_at_once_run_once(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("sample")
    with ThreadPoolExecutor(3) as replicas:
        for done in [replicas.submit(migrate, url, MIGRATIONS) for _ in range(3)]:
            done.result(60)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0001"]
    engine.dispose()


def test_migration_gives_up_on_another_that_never_ends(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("sample")
    engine = create_engine(url)
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(0x6d6967, 1)"))
        with pytest.raises(TimeoutError):
            migrate(url, MIGRATIONS, wait_seconds=0.3)
    engine.dispose()


def test_index_that_failed_half_way_is_built_anew(fresh_database: Callable[..., str]) -> None:
    engine = create_engine(fresh_database("sample"))
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE numbers AS SELECT 1 AS number FROM generate_series(1, 2)"))
        connection.commit()
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        for unique in (True, False, False):
            with Operations.context(context), context.begin_transaction(_per_migration=True):
                try:
                    index_concurrently("ix_numbers", "numbers", ["number"], unique=unique)
                except IntegrityError:
                    assert unique
        valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_numbers'::regclass AND NOT indisunique")
        assert connection.execute(valid).scalar_one()
    engine.dispose()


def test_database_that_never_comes_is_an_error(free_port: int) -> None:
    with pytest.raises(OperationalError):
        migrate(f"postgresql+psycopg://x@127.0.0.1:{free_port}/x", MIGRATIONS, wait_seconds=0.3)


def test_listeners_and_their_declaration_have_to_agree() -> None:
    from sample_service.__main__ import service

    declaration = load_declaration(SERVICE / "jetstream.yaml")
    check_listeners(service, declaration)
    deaf = declaration.model_copy(update={"listens": []})
    with pytest.raises(ValueError, match="differ"):
        check_listeners(service, deaf)
