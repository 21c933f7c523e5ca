"""Problem documents as they go out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from gamedesk_chassis import problems
from gamedesk_chassis.database import Database
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


def test_times_look_as_in_every_other_answer() -> None:
    body = problems.document(412, "stale-version", "x", current={"updated_at": datetime(2026, 11, 22, tzinfo=UTC)})

    assert json.loads(problems.dump(body))["current"]["updated_at"] == "2026-11-22T00:00:00Z"


def test_a_statement_that_takes_too_long_asks_for_less(fresh_database: Callable[..., str]) -> None:
    runs = []

    def slow(tx: Connection) -> None:
        runs.append(tx)
        tx.execute(text("SET LOCAL statement_timeout = 20"))
        tx.execute(text("SELECT pg_sleep(10)"))

    database = Database(fresh_database("sample"), pool_size=1)
    with pytest.raises(DBAPIError) as stopped:
        database.transact(slow)
    body, headers = problems.document_of_error(stopped.value)
    database.dispose()

    assert (body["status"], body["type"]) == (503, "urn:gamedesk:problem:took-too-long")
    assert "Ask for less" in body["detail"]
    assert headers == {}  # the same again would take as long
    assert len(runs) == 1
