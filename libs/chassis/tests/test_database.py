"""Transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gamedesk_chassis.database import Database
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


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
