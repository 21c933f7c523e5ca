from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from gamedesk_chassis import consumer as consumer_module
from gamedesk_chassis.clock import now
from gamedesk_chassis.consumer import Consumer
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.inbox import DEAD_LETTER
from gamedesk_chassis.streams import (
    JetStreamDeclaration,
    ListenDeclaration,
    StreamDeclaration,
    ensure_streams_and_consumers,
)
from nats.aio.client import Client
from nats.js.api import ConsumerConfig
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

Handle = Callable[[Connection, Event], None]


class Listening:
    """A consumer on a stream of its own, running until the test is over."""

    def __init__(self, background: Any, nc: Client, nats_url: str, database: Database, stream: str) -> None:
        self._background, self._nc, self._nats_url, self._database = background, nc, nats_url, database
        self.stream, self.type = stream, f"{stream}.changed"
        self._stop, self._running = asyncio.Event(), []

    def declare(self) -> None:
        declaration = JetStreamDeclaration(
            stream=StreamDeclaration(name=self.stream, subjects=[f"{self.stream}.>"]),
            listens=[ListenDeclaration(stream=self.stream, durable="x-s", filter_subjects=[self.type])],
        )
        ensure_streams_and_consumers(self._nats_url, declaration, wait_seconds=10)

    def start(self, handle: Handle) -> Consumer:
        started = Consumer(self._database, self._nc, self.stream, "x-s", {self.type: handle})
        self._running.append(self._background.start(started.run(self._stop)))
        return started

    def stop(self) -> None:
        self._background.loop.call_soon_threadsafe(self._stop.set)
        for running in self._running:
            running.result(10)

    def publish(self, subject: str = "a") -> None:
        event = Event(
            id=uuid4(), source="/s", type=self.type, subject=subject, time=now(), aggregateversion=1, data={}
        )  # fmt: skip
        self._background.run(self._nc.jetstream().publish(self.type, event.to_bytes()))

    def info(self) -> Any:
        return self._background.run(self._nc.jetstream().consumer_info(self.stream, "x-s"))

    def shorten_ack_wait(self, seconds: float) -> None:
        config: ConsumerConfig = self.info().config
        config.ack_wait = seconds
        self._background.run(self._nc.jetstream().add_consumer(self.stream, config))

    def is_done(self) -> bool:
        info = self.info()
        return info.num_pending == 0 and info.num_ack_pending == 0


@pytest.fixture
def listening(background: Any, connect: Any, nats_url: str, database: Database, stream: str) -> Iterator[Listening]:
    started = Listening(background, connect(nats_url), nats_url, database, stream)
    yield started
    started.stop()


def test_transient_failures_are_delivered_again_and_never_buried(
    listening: Listening, database: Database, eventually: Any
) -> None:
    tries: list[str] = []

    def handle(_tx: Connection, event: Event) -> None:
        tries.append(event.subject)
        if len(tries) < 4:
            raise OperationalError("x", {}, psycopg.errors.DeadlockDetected())

    listening.declare()
    listening.start(handle)
    listening.publish()
    eventually(lambda: len(tries) == 4)
    eventually(listening.is_done)
    with database.begin() as tx:
        assert tx.execute(select(func.count()).select_from(DEAD_LETTER)).scalar_one() == 0


def test_slow_handler_keeps_its_message(listening: Listening, eventually: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ack_wait, tries = 3.0, []

    def handle(_tx: Connection, _event: Event) -> None:
        tries.append(time.monotonic())
        eventually(lambda: time.monotonic() - tries[0] > 2 * ack_wait)

    monkeypatch.setattr(consumer_module, "_EXTEND_SECONDS", ack_wait / 4)
    listening.declare()
    listening.shorten_ack_wait(ack_wait)
    listening.start(handle)
    listening.start(handle)  # would be given what the first one seems to have dropped
    listening.publish()
    eventually(lambda: tries and listening.is_done())
    assert len(tries) == 1
    assert listening.info().delivered.consumer_seq == 1


def test_a_handler_that_hangs_keeps_its_message_from_others_for_a_while_only__I3(
    listening: Listening, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def hang(_tx: Connection, _event: Event) -> None:
        over.wait(60)

    monkeypatch.setattr(consumer_module, "_EXTEND_SECONDS", 0.1)
    monkeypatch.setattr(consumer_module, "_EXTENSIONS", 1)
    listening.declare()
    listening.shorten_ack_wait(0.5)
    listening.start(hang)
    listening.start(lambda _tx, _event: None)
    listening.publish()
    try:
        eventually(lambda: listening.info().delivered.consumer_seq > 1)
    finally:
        over.set()


def test_single_event_does_not_wait_for_a_batch(listening: Listening, eventually: Any) -> None:
    seen: list[float] = []
    listening.declare()
    listening.start(lambda _tx, _event: seen.append(time.monotonic()))
    took: list[float] = []
    for number in range(1, 6):
        sent = time.monotonic()
        listening.publish()
        eventually(lambda number=number: len(seen) == number)
        took.append(seen[-1] - sent)
    assert sorted(took)[1] < consumer_module._FETCH_SECONDS / 2, "one that waited for others would do so every time"


def test_consumer_that_does_not_exist_yet_is_waited_for(listening: Listening, eventually: Any) -> None:
    seen: list[str] = []
    started = listening.start(lambda _tx, event: seen.append(event.subject))
    eventually(lambda: started._turns_in_trouble > 0)
    listening.declare()
    listening.publish("late")
    eventually(lambda: seen == ["late"])
    eventually(lambda: started._turns_in_trouble == 0)
