"""What the tests of the chassis' events half share: a database with its tables, a loop, a stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import nats
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from gamedesk_chassis import schema
from gamedesk_chassis.database import Database, new_metadata
from gamedesk_chassis.service import event_tables
from gamedesk_chassis.streams import JetStreamDeclaration, StreamDeclaration, ensure_streams_and_consumers
from nats.aio.client import Client
from sqlalchemy import Column, Integer, String, Table, create_engine

R = TypeVar("R")

METADATA = new_metadata()
event_tables(METADATA)
THINGS = Table(
    "things",
    METADATA,
    Column("thing_id", String(64), primary_key=True),
    Column("colour", String(64), nullable=False),
    Column("version", Integer, nullable=False),
)


def create_tables(url: str) -> None:
    """The chassis' tables as its migrations make them, and one table of a made-up service."""
    engine = create_engine(url)
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        schema.create_event_tables_v1(operations)
        schema.order_outbox_v2(operations)
        schema.add_recovery_v1(operations)
        THINGS.create(connection)
    engine.dispose()


@pytest.fixture
def database_url(fresh_database: Callable[..., str]) -> str:
    return fresh_database("chassis", create_tables)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def things() -> Table:
    return THINGS


class LoopThread:
    """An event loop in a thread, so that tests stay ordinary functions."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, R], within: float = 20) -> R:
        """The result of `work`."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(within)

    def start(self, work: Coroutine[Any, Any, R]) -> Any:
        """Let `work` go on in the background; its concurrent future."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture
def background() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture
def connect(background: LoopThread) -> Iterator[Callable[[str], Client]]:
    """`connect(url) -> nc`: a NATS connection on the background loop."""
    opened: list[Client] = []

    def _connect(url: str) -> Client:
        async def quiet(_error: Exception) -> None: ...

        options = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.05, "error_cb": quiet}
        opened.append(background.run(nats.connect(url, **options)))
        return opened[-1]

    yield _connect
    for nc in opened:
        background.run(nc.close())


@pytest.fixture
def nc(connect: Callable[[str], Client], nats_url: str) -> Client:
    return connect(nats_url)


@pytest.fixture
def stream() -> str:
    """The name of a stream of this test alone; its subjects are `<name>.>`."""
    return f"S{uuid4().hex}"


@pytest.fixture
def make_stream() -> Callable[[str, str], None]:
    """`make_stream(nats_url, name)`: as `migrate` would."""

    def make(nats_url: str, name: str) -> None:
        declaration = JetStreamDeclaration(stream=StreamDeclaration(name=name, subjects=[f"{name}.>"]))
        ensure_streams_and_consumers(nats_url, declaration, wait_seconds=10)

    return make
