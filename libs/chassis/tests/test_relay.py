from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import MSG_ID_HEADER, Event
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.publisher import Publisher
from gamedesk_chassis.relay import _LEADER_LOCK, Pass, Relay
from nats.aio.client import Client
from sqlalchemy import func, select


def append_all(database: Database, stream: str, versions: Sequence[tuple[str, int]]) -> list[UUID]:
    with database.begin() as tx:
        return [
            outbox.append(tx, type=f"{stream}.changed", aggregate_id=a, version=v, data={"v": v}, source="/s")
            for a, v in versions
        ]


def unpublished(database: Database) -> int:
    with database.begin() as tx:
        query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None))
        return tx.execute(query).scalar_one()


async def read_all(nc: Client, stream: str) -> list[Event]:
    js = nc.jetstream()
    last = (await js.stream_info(stream)).state.last_seq
    messages = [await js.get_msg(stream, seq) for seq in range(1, last + 1)]
    for message in messages:
        assert (message.headers or {})[MSG_ID_HEADER] == str(Event.from_bytes(message.data or b"").id)
    return [Event.from_bytes(message.data or b"") for message in messages]


class Relays:
    """Relays that run until the test is over."""

    def __init__(self, background: Any, database: Database) -> None:
        self._background, self._database = background, database
        self._running: list[tuple[asyncio.Event, Any]] = []

    def start(self, nc: Client, stream: str, **options: Any) -> Relay:
        relay, stop = Relay(self._database, nc, stream, **options), asyncio.Event()
        self._running.append((stop, self._background.start(relay.run(stop))))
        return relay

    def stop(self) -> None:
        for stop, running in self._running:
            self._background.loop.call_soon_threadsafe(stop.set)
            running.result(10)
        self._running.clear()


@pytest.fixture
def relays(background: Any, database: Database, connect: Any) -> Any:
    started = Relays(background, database)
    yield started
    started.stop()


@pytest.fixture
def nc(connect: Callable[[str], Client], nats_url: str, make_stream: Any, stream: str) -> Client:
    make_stream(nats_url, stream)
    return connect(nats_url)


def test_everything_is_published_once_in_the_aggregates_order(
    database: Database, relays: Relays, nc: Client, stream: str, background: Any, eventually: Any
) -> None:
    wanted = [(f"a{n % 40}", n // 40 + 1) for n in range(400)]
    ids = append_all(database, stream, wanted)
    relays.start(nc, stream, batch_size=150)
    eventually(lambda: unpublished(database) == 0)
    events = background.run(read_all(nc, stream))
    assert sorted(event.id for event in events) == sorted(ids)
    versions = defaultdict(list)
    for event in events:
        versions[event.subject].append(event.aggregateversion)
    assert all(found == sorted(found) for found in versions.values())


def test_what_is_new_is_published_before_what_is_said_again(
    database: Database, nc: Client, stream: str, background: Any
) -> None:
    with database.begin() as tx:
        common = {"type": f"{stream}.changed", "data": {}, "source": "/s"}
        for n in range(3):
            outbox.append(tx, aggregate_id=f"old{n}", version=1, republication=True, **common)
        outbox.append(tx, aggregate_id="new", version=1, **common)

    relay = Relay(database, nc, stream, batch_size=2)
    while unpublished(database):
        relay._publish_batch(background.loop)

    assert [event.subject for event in background.run(read_all(nc, stream))] == ["new", "old0", "old1", "old2"]


def test_two_workers_publish_each_event_once(
    database: Database, relays: Relays, nc: Client, connect: Any, nats_url: str, stream: str, background: Any,
    eventually: Any,
) -> None:  # fmt: skip
    relays.start(nc, stream, batch_size=10)
    relays.start(connect(nats_url), stream, batch_size=10)
    ids = [append_all(database, stream, [(f"a{n % 7}", n)])[0] for n in range(100)]
    eventually(lambda: unpublished(database) == 0)
    events = background.run(read_all(nc, stream))
    assert sorted(event.id for event in events) == sorted(ids)


def test_worker_stands_by_while_another_leads(database: Database, nc: Client, stream: str, background: Any) -> None:
    append_all(database, stream, [("a", 1)])
    relay = Relay(database, nc, stream)
    with database.begin() as leader:
        leader.execute(_LEADER_LOCK)
        assert relay._publish_batch(background.loop) is Pass.STANDBY
        assert background.run(read_all(nc, stream)) == []
    assert relay._publish_batch(background.loop) is Pass.PUBLISHED


def test_batch_refused_for_a_duplicate_is_repeated_singly(
    database: Database, relays: Relays, nc: Client, stream: str, background: Any, eventually: Any
) -> None:
    append_all(database, stream, [(f"a{n}", 1) for n in range(20)])
    with database.begin() as tx:  # its answer was lost once
        first = outbox.to_event(tx.execute(select(OUTBOX).order_by(OUTBOX.c.id).limit(1)).one())
    background.run(Publisher(nc, stream).publish([first], seconds=2))
    relays.start(nc, stream)
    eventually(lambda: unpublished(database) == 0)
    assert len(background.run(read_all(nc, stream))) == 20


def test_burst_goes_out_as_one_atomic_batch(nc: Client, stream: str, background: Any) -> None:
    events = [make_event(stream, f"a{n}") for n in range(50)]
    receipts = background.run(Publisher(nc, stream).publish(events, seconds=2))
    assert [receipts[n].sequence for n in range(50)] == list(range(1, 51))
    message = background.run(nc.jetstream().get_msg(stream, 50))
    assert (message.headers or {})["Nats-Batch-Commit"] == "1"


def make_event(stream: str, aggregate_id: str, version: int = 1) -> Event:
    return Event(
        id=outbox.new_id(),
        source="/s",
        type=f"{stream}.changed",
        subject=aggregate_id,
        time=now(),
        aggregateversion=version,
        data={},
    )


def test_after_a_failure_the_aggregates_next_event_waits(nc: Client, stream: str, background: Any) -> None:
    unroutable = make_event(f"{stream}x", "a", 1)
    events = [unroutable, make_event(stream, "a", 2), make_event(stream, "b", 1)]
    receipts = background.run(Publisher(nc, stream).publish(events, seconds=2))
    assert list(receipts) == [2]


def test_missing_stream_is_waited_for(
    database: Database, relays: Relays, connect: Any, nats_url: str, make_stream: Any, stream: str, eventually: Any
) -> None:
    append_all(database, stream, [("a", 1), ("a", 2)])
    relay = relays.start(connect(nats_url), stream)
    eventually(lambda: relay.pulse.age > 0.3)
    assert unpublished(database) == 2
    make_stream(nats_url, stream)
    eventually(lambda: unpublished(database) == 0)


def test_lost_database_connections_are_replaced(
    database: Database, database_url: str, fresh_database: Any, relays: Relays, nc: Client, stream: str,
    background: Any, eventually: Any,
) -> None:  # fmt: skip
    relays.start(nc, stream)
    append_all(database, stream, [("a", 1)])
    eventually(lambda: unpublished(database) == 0)
    fresh_database.terminate_connections(database_url)
    append_all(database, stream, [("a", 2)])
    eventually(lambda: unpublished(database) == 0)
    assert [event.aggregateversion for event in background.run(read_all(nc, stream))] == [1, 2]


def limit(background: Any, nc: Client, stream: str, messages: int) -> None:
    async def change() -> None:
        js = nc.jetstream()
        config = (await js.stream_info(stream)).config
        config.max_msgs = messages
        await js.update_stream(config)

    background.run(change())


@pytest.mark.parametrize("waiting", [2, 40])  # singly, and as a batch
def test_full_stream_loses_nothing_and_says_so__I3(
    database: Database, relays: Relays, nc: Client, stream: str, background: Any, eventually: Any, waiting: int
) -> None:
    relay = relays.start(nc, stream)
    append_all(database, stream, [("a", 1)])
    eventually(lambda: unpublished(database) == 0)
    limit(background, nc, stream, 1)
    append_all(database, stream, [(f"b{n}", 1) for n in range(waiting)])
    eventually(lambda: relay.stream_is_full)
    assert unpublished(database) == waiting
    limit(background, nc, stream, -1)
    eventually(lambda: unpublished(database) == 0)
    assert not relay.stream_is_full
    assert len(background.run(read_all(nc, stream))) == waiting + 1


def test_an_idle_relay_asks_less_often(database: Database, nc: Client, stream: str, background: Any) -> None:
    relay = Relay(database, nc, stream, poll_seconds=0.05)
    assert relay._idle_pause() == 0.2
    append_all(database, stream, [("a", 1)])
    assert relay._turn(background.loop) is Pass.PUBLISHED
    assert relay._idle_pause() == 0.05
