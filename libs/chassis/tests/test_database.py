"""Transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gamedesk_chassis.database import Database, will_pass
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def test_all_statements_of_a_snapshot_see_the_same_moment_and_change_nothing(
    fresh_database: Callable[..., str],
) -> None:
    database = Database(fresh_database("sample"), pool_size=2)
    with database.begin() as tx:
        tx.execute(text("CREATE TABLE things (n int)"))
    count, add = text("SELECT count(*) FROM things"), text("INSERT INTO things VALUES (1)")

    def counted_twice(tx: Connection) -> list[int]:
        first = tx.execute(count).scalar_one()
        database.transact(lambda other: other.execute(add))
        return [first, tx.execute(count).scalar_one()]

    assert database.snapshot(counted_twice) == [0, 0]
    assert database.transact(counted_twice) == [1, 2]
    with pytest.raises(DBAPIError, match="read-only"):
        database.snapshot(lambda tx: tx.execute(add))
    database.dispose()


@pytest.mark.parametrize(
    ("sqlstate", "passes"),
    [
        ("53100", True),  # disk full
        ("53300", True),  # too many connections
        ("57014", True),  # statement timeout
        ("57P01", True),  # the server is shut down
        ("40P01", True),  # deadlock
        ("54000", False),  # an index row that is too large
        ("22012", False),  # division by zero
        ("23505", False),  # unique violation
    ],
)
def test_what_is_the_databases_own_trouble_passes(
    fresh_database: Callable[..., str], sqlstate: str, passes: bool
) -> None:
    database = Database(fresh_database("sample"), pool_size=1)
    raising = text(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{sqlstate}'; END $$")

    with pytest.raises(DBAPIError) as caught, database.begin() as tx:
        tx.execute(raising)

    assert will_pass(caught.value) is passes
    database.dispose()


def test_a_wait_for_a_connection_passes() -> None:
    assert will_pass(PoolTimeout())
    assert not will_pass(ValueError())


def test_a_query_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        database.read(lambda tx: tx.execute(text("CREATE TABLE sample ()")))
