"""Problem documents as they go out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from gamedesk_chassis import effects, idempotency, problems
from gamedesk_chassis.database import Database
from sqlalchemy import Connection, MetaData, text
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
    assert "outcome" not in body, "no change was asked for"
    assert headers == {}  # the same again would take as long
    assert len(runs) == 1


def test_a_503_of_a_change_says_whether_anything_may_be_done(fresh_database: Callable[..., str]) -> None:
    database = Database(fresh_database("sample"), pool_size=1)
    database.transact(lambda tx: tx.execute(text("CREATE TABLE sample (number int)")))

    def answer_of(method: str, *, write: bool) -> dict[str, str]:
        effects.begin(method)
        if write:
            database.transact(lambda tx: tx.execute(text("INSERT INTO sample VALUES (1)")))
        with pytest.raises(DBAPIError) as stopped:
            database.read(lambda tx: tx.execute(text("SET LOCAL statement_timeout = 20; SELECT pg_sleep(10)")))
        body, headers = problems.document_of_error(stopped.value)
        return {"outcome": body.get("outcome", ""), "detail": body["detail"], "wait": headers.get("Retry-After", "")}

    unread, undone, done = answer_of("GET", write=False), answer_of("POST", write=False), answer_of("POST", write=True)
    database.dispose()

    assert (unread["outcome"], unread["wait"]) == ("", "")
    assert (undone["outcome"], undone["wait"]) == ("not-done", "")
    assert "Nothing was changed" in undone["detail"]
    assert done["outcome"] == "unknown"
    assert done["wait"], "the same key finds out"
    assert "Nothing" not in done["detail"]


def test_a_503_denies_nothing_that_the_same_key_did_before(fresh_database: Callable[..., str]) -> None:
    database, metadata = Database(fresh_database("sample"), pool_size=1), MetaData()
    keys = idempotency.idempotency_table(metadata)
    database.transact(metadata.create_all)

    def asked() -> str | None:
        effects.begin("POST")
        request = {"caller": "KF001", "operation": "create_thing", "key": "key-12345678", "body": {}}
        database.transact(
            idempotency.run_once, keys, **request, use_case=lambda _tx: idempotency.Outcome("thing-1", 201)
        )
        with pytest.raises(DBAPIError) as stopped:  # while the answer is read
            database.read(lambda tx: tx.execute(text("SET LOCAL statement_timeout = 20; SELECT pg_sleep(10)")))
        return problems.document_of_error(stopped.value)[0].get("outcome")

    outcomes = [asked(), asked()]
    database.dispose()

    assert outcomes == ["unknown", "unknown"]
