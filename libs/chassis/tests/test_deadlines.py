"""A caller who says how long he waits is not worked for any longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gamedesk_chassis import deadlines
from gamedesk_chassis.contract import Contract
from gamedesk_chassis.database import Database, took_too_long
from gamedesk_chassis.deadlines import TooLate
from gamedesk_chassis.edge import Edge
from gamedesk_chassis.health import HealthApp
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


@pytest.fixture
def database(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("sample"), pool_size=1)
    yield database
    deadlines.begin(None)
    database.dispose()


def timeout_of(tx: Connection) -> str:
    return tx.execute(text("SHOW statement_timeout")).scalar_one()


def test_nothing_is_begun_after_the_deadline(database: Database) -> None:
    deadlines.begin("0")
    with pytest.raises(TooLate):
        database.transact(lambda _tx: pytest.fail("it was begun"))
    with pytest.raises(TooLate):
        database.read(lambda _tx: pytest.fail("it was begun"))
    with pytest.raises(TooLate):
        database.snapshot(lambda _tx: pytest.fail("it was begun"))


def test_a_statement_is_stopped_at_the_deadline(database: Database) -> None:
    deadlines.begin("100")
    with pytest.raises((DBAPIError, TooLate)) as stopped:
        database.transact(lambda tx: tx.execute(text("SELECT pg_sleep(60)")))
    assert isinstance(stopped.value, TooLate) or took_too_long(stopped.value)


@pytest.mark.parametrize(("left", "timeout"), [(None, "5s"), ("60000", "5s"), ("soon", "5s"), ("-1", "5s")])
def test_without_a_short_deadline_statements_have_their_usual_time(
    database: Database, left: str | None, timeout: str
) -> None:
    deadlines.begin(left)
    assert database.transact(timeout_of) == timeout


ALLOWED = text("SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'")  # ms


def test_a_statement_has_no_more_than_what_is_left_and_is_seldom_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 0.0
    monkeypatch.setattr(deadlines, "seconds_left", lambda: left)

    def use_case(tx: Connection) -> list[int]:
        nonlocal left
        told = []
        for moment in (6.0, 2.0, 1.96, 1.94, 1.9, 0.1, 0.095, 0.08):
            left = moment
            told.append(tx.execute(ALLOWED).scalar_one())
        return told

    for run in (database.transact, database.read, database.snapshot):
        left = 6.0
        assert run(use_case) == [5000, 1950, 1950, 1890, 1890, 90, 90, 72]


def test_a_savepoint_is_gone_back_to_before_the_deadline(database: Database) -> None:
    def use_case(tx: Connection) -> int:
        with pytest.raises(DBAPIError), tx.begin_nested():
            tx.execute(text("SELECT 1 / 0"))
        return tx.execute(ALLOWED).scalar_one()

    deadlines.begin("4000")
    assert database.transact(use_case) <= 4000


def test_a_deadline_is_its_own_requests_alone(database: Database) -> None:
    deadlines.begin("4000")
    assert database.transact(timeout_of) != "5s"
    assert database.snapshot(timeout_of) != "5s"
    deadlines.begin(None)
    assert database.transact(timeout_of) == "5s"


def test_the_edge_reads_it_from_each_request() -> None:
    seen: list[float | None] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        seen.append(deadlines.seconds_left())
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Any) -> None:
        pass

    async def scenario() -> None:
        edge = Edge(app, HealthApp(), Contract({}, ()))
        for headers in ([(b"x-timeout-ms", b"60000")], []):
            scope = {"type": "http", "method": "GET", "path": "/x", "headers": headers, "query_string": b""}
            await edge(scope, receive, send)

    asyncio.run(scenario())
    assert seen[0] is not None
    assert 0 < seen[0] <= 60
    assert seen[1] is None
