"""The servers that every other test stands on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import LiteralString

import nats
import psycopg
import pytest
from gamedesk_testing.databases import FreshDatabases
from gamedesk_testing.plugin import Nats


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def value(url: str, statement: LiteralString) -> object:
    with connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def make_table(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE made_by_migration (n int)")


@pytest.fixture
def database(fresh_database: FreshDatabases) -> Iterator[str]:
    url = fresh_database("example")
    yield url
    fresh_database.drop(url)


def test_postgres_is_version_18_in_utf8(database: str) -> None:
    assert str(value(database, "SHOW server_version")).startswith("18.")
    assert value(database, "SHOW server_encoding") == "UTF8"
    assert value(database, "SHOW timezone") == "UTC"


def test_role_of_a_database_is_an_ordinary_one_that_owns_it(database: str) -> None:
    assert value(database, "SHOW is_superuser") == "off"
    with connect(database) as connection:
        connection.execute("CREATE TABLE own (n int)")


def test_trigrams_know_chinese_letters(database: str) -> None:
    with connect(database) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    assert value(database, "SELECT cardinality(show_trgm('西游传说'))") == 5


def test_fresh_database_is_migrated_once_and_copied(fresh_database: FreshDatabases) -> None:
    calls: list[str] = []

    def migrate(url: str) -> None:
        calls.append(url)
        make_table(url)

    first, second = fresh_database("example", migrate), fresh_database("example", migrate)
    with connect(first) as connection:
        connection.execute("INSERT INTO made_by_migration VALUES (1)")

    assert len(calls) == 1
    assert value(second, "SELECT count(*) FROM made_by_migration") == 0
    for url in (first, second):
        fresh_database.drop(url)


def test_fresh_database_copies_a_template_that_is_still_connected(fresh_database: FreshDatabases) -> None:
    connections = []

    def migrate(url: str) -> None:
        connections.append(connect(url))
        make_table(url)

    url = fresh_database("example", migrate)
    assert value(url, "SELECT count(*) FROM made_by_migration") == 0
    fresh_database.drop(url)
    for connection in connections:
        connection.close()


def test_terminated_connections_are_lost(fresh_database: FreshDatabases, database: str) -> None:
    connection = connect(database)
    assert fresh_database.terminate_connections(database) == 1
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")


async def add_stream(url: str) -> None:
    client = await nats.connect(url)
    await client.jetstream().add_stream(name="EXAMPLE", subjects=["example.>"])
    await client.jetstream().publish("example.one", b"1")
    await client.close()


async def stored(url: str) -> list[int]:
    """How many messages each stream holds."""
    client = await nats.connect(url)
    try:
        return [info.state.messages for info in await client.jetstream().streams_info()]
    finally:
        await client.close()


def test_nats_keeps_messages_over_a_kill(fresh_nats: Nats) -> None:
    asyncio.run(add_stream(fresh_nats.url()))
    fresh_nats.kill()
    fresh_nats.start()
    assert asyncio.run(stored(fresh_nats.url())) == [1]


def test_wiped_nats_has_lost_everything(fresh_nats: Nats) -> None:
    asyncio.run(add_stream(fresh_nats.url()))
    fresh_nats.stop()
    fresh_nats.wipe()
    fresh_nats.start()
    assert asyncio.run(stored(fresh_nats.url())) == []


def test_shared_nats_of_a_worker_answers(nats_url: str) -> None:
    assert asyncio.run(stored(nats_url)) is not None


def test_free_ports_differ(free_port: int, eventually: Callable[..., object]) -> None:
    assert 1024 < free_port < 65536
    assert eventually(lambda: free_port, within=0)
