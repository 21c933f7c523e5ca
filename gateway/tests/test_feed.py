"""The feed without NATS: bursts, pages that read slowly or not at all, and what was missed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock

import orjson
import pytest
from gamedesk_chassis.auth import Principal
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_gateway.live.answer import LiveAnswer
from gamedesk_gateway.live.feed import Feed
from gamedesk_gateway.live.reviews import Reviews
from gamedesk_gateway.live.streams import QUEUE_LENGTH, Stream
from gamedesk_gateway.sections import Caller, Remembered
from gamedesk_gateway.upstream import Upstream
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import SlowConsumerError
from nats.errors import TimeoutError as NatsTimeout
from prometheus_client import REGISTRY


def stream_of(agent_id: str = "KF003") -> Stream:
    return Stream(Principal(agent_id, "agent", "A"), Caller(agent_id, {}), frozenset(), time.time() + 60)


def feed_without_nats(memory: Remembered | None = None) -> Feed:
    return Feed("nats://127.0.0.1:9", Upstream("players", "http://127.0.0.1:9"), memory or Remembered())


def test_a_page_that_does_not_read_is_dropped_and_costs_no_more() -> None:
    """Its connection takes nothing more: what waits for it is bounded, then it is let go."""

    async def scenario() -> None:
        feed = feed_without_nats()
        stream, stuck = stream_of(), asyncio.Event()

        async def send(_message: Any) -> None:
            await stuck.wait()

        async def receive() -> Any:
            await stuck.wait()

        async with asyncio.timeout(5):
            answer = asyncio.create_task(LiveAnswer(feed, stream)({}, receive, send))
            await asyncio.sleep(0)
            assert list(feed.streams) == [stream]
            for _ in range(QUEUE_LENGTH * 2):
                stream.offer(b"event: change\ndata: {}\n\n")
            await answer
        assert list(feed.streams) == []
        assert stream._queue.qsize() <= QUEUE_LENGTH

    asyncio.run(scenario())


def event_of(type: str, number: int, **data: Any) -> Event:
    return Event(
        id=new_id(), source="/x", type=type, subject="x", time=datetime.now(UTC), data=data, aggregateversion=number
    )


def read_by_a_healthy_page(events: list[Event]) -> list[Any]:
    """The changes that an admin's page is told of, when all of these events wait at once."""

    async def scenario() -> bytes:
        feed = feed_without_nats()
        stream = Stream(Principal("KF001", "admin", "A"), Caller("KF001", {}), frozenset(), time.time() + 60)
        sent, told, never = bytearray(), asyncio.Event(), asyncio.Event()

        async def send(message: Any) -> None:
            sent.extend(message.get("body", b""))
            if b"the last" in sent:
                told.set()

        async def receive() -> Any:
            await never.wait()

        answer = asyncio.create_task(LiveAnswer(feed, stream)({}, receive, send))
        for event in [*events, event_of("catalog.pack.updated.v1", 0, pack_id="the last")]:
            feed._waiting.put_nowait(event)
        passing_on = asyncio.create_task(feed._pass_on())
        async with asyncio.timeout(5):
            await asyncio.wait({answer, asyncio.create_task(told.wait())}, return_when=asyncio.FIRST_COMPLETED)
        dropped = stream.overrun.is_set()
        for task in (answer, passing_on):
            task.cancel()
        await asyncio.gather(answer, passing_on, return_exceptions=True)
        assert not dropped
        return bytes(sent)

    texts = asyncio.run(scenario()).decode().split("\n\n")
    return [orjson.loads(text.partition("data: ")[2]) for text in texts if text.startswith("event: change")]


def test_packs_in_review_are_remembered_within_bounds_and_by_republications__B1() -> None:
    reviews = Reviews(kept=2)

    def enters(pack_id: str, version: int, state: str = "review") -> bool:
        return reviews.heed(event_of("catalog.pack.updated.v1", version, pack_id=pack_id, state=state))

    assert [enters("a", 1), enters("a", 2), enters("a", 3, "active"), enters("a", 4)] == [True, False, False, True]
    assert [enters("a", 4), enters("a", 5)] == [False, False], "nothing of it was missed"
    assert [enters("a", 7), enters("a", 8)] == [True, False], "it may have left meanwhile, in what was missed"
    assert [enters("b", 1), enters("c", 1), enters("a", 9)] == [True, True, True], "forgotten: rather twice than never"
    republished = replace(event_of("catalog.pack.updated.v1", 1, pack_id="z", state="review"), republication=True)
    reviews.heed(republished)
    assert not enters("z", 2), "known since it was said again"
    assert not reviews.heed(event_of("catalog.item.updated.v1", 1, item_id="i"))


def test_packs_in_review_are_told_no_more_of_when_other_events_were_missed__B1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_gateway.live.feed._BACKLOG", 1)

    async def scenario() -> list[bytes]:
        feed = feed_without_nats()
        stream = stream_of()
        feed.open(stream)
        feed.streams.set_connected(True)
        passing_on = asyncio.create_task(feed._pass_on())
        said: list[bytes] = []
        for version in (1, 2):
            in_review = {"pack_id": "p", "state": "review", "created_by": "KF003"}
            await feed._take_event(
                Msg(Client(), data=event_of("catalog.pack.updated.v1", version, **in_review).to_bytes())
            )
            await feed._take_event(Msg(Client(), data=event_of("catalog.item.updated.v1", 1, item_id="i").to_bytes()))
            while not said or f'"version":{version}'.encode() not in said[-1]:
                said.append(await stream.next(5))
        passing_on.cancel()
        return said

    said = b"".join(asyncio.run(scenario()))

    assert b'"down"' in said
    assert said.count(b"event: notice") == 1


def test_a_burst_of_changes_drops_no_page_that_reads() -> None:
    burst = [event_of("tickets.ticket.updated.v1", n, ticket_id=f"t{n}") for n in range(600)]

    told = read_by_a_healthy_page(burst)

    assert [change["version"] for change in told[:-1]] == list(range(600))


def test_a_price_push_of_many_items_is_one_refetch_of_the_catalog() -> None:
    push = [event_of("catalog.item.updated.v1", n, item_id=f"i{n}") for n in range(799)]

    told = read_by_a_healthy_page([event_of("tickets.ticket.updated.v1", 7, ticket_id="t7"), *push[:198], *push[198:]])

    assert len(told) < 60
    assert [change["kind"] for change in told[:2]] == ["ticket", "catalog"]


def test_pages_are_told_once_when_more_events_came_than_could_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_gateway.live.feed._BACKLOG", 5)
    event = event_of("tickets.ticket.updated.v1", 1, ticket_id="t1")
    missed = "gamedesk_live_events_missed_total"
    before = REGISTRY.get_sample_value(missed) or 0

    async def scenario() -> bytes:
        feed = feed_without_nats()
        stream = stream_of()
        feed.open(stream)
        feed.streams.set_connected(True)
        await stream.next(5)
        for _ in range(8):
            await feed._take_event(Msg(Client(), data=event.to_bytes()))
        passing_on = asyncio.create_task(feed._pass_on())
        said = await stream.next(5)
        passing_on.cancel()
        return said

    said = asyncio.run(scenario())

    assert REGISTRY.get_sample_value(missed) == before + 3
    assert [orjson.loads(text.partition("data: ")[2]) for text in said.decode().split("\n\n")[:-1]] == [
        {"nats": "down"},
        {"nats": "up"},
    ]


KEY = ("KF003", "tickets", "/tickets?responsible=KF003")
PLAYER = "019aa000-0000-7000-8000-000000000001"


def remembering() -> Remembered:
    """A memory of one list, in which PLAYER stands."""
    memory = Remembered()
    memory.put(KEY, b'{"items":[{"player_id":"' + PLAYER.encode() + b'","title":"x"}]}', memory.generation)
    assert memory.get(KEY)
    return memory


def pass_on(memory: Remembered, *events: Event) -> None:
    async def scenario() -> None:
        await feed_without_nats(memory)._dispatch(list(events))

    asyncio.run(scenario())


@pytest.mark.parametrize("type", ["players.player.updated.v1", "tickets.ticket.updated.v1", "sales.touch.recorded.v1"])
def test_a_change_about_a_player_forgets_what_shows_him(type: str) -> None:
    memory = remembering()
    pass_on(memory, event_of(type, 1, player_id="019aa000-0000-7000-8000-000000000002", owner_agent_id="KF003"))
    assert memory.get(KEY)
    pass_on(memory, event_of(type, 2, player_id=PLAYER, owner_agent_id="KF003"))
    assert memory.get(KEY) is None


@pytest.mark.parametrize("type", ["players.player.erased.v1", "players.player.updated.v1"])
def test_an_erasure_forgets_everything__erasure(type: str) -> None:
    """An update says it too: when a backup is put back, all that is owned is published again."""
    memory = remembering()
    pass_on(memory, event_of(type, 2, player_id="somebody", owner_agent_id="KF003", erased=True))
    assert memory.get(KEY) is None


def test_after_a_reconnection_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {}

    async def connect(*_servers: Any, **given: Any) -> Any:
        options.update(given)
        return AsyncMock()

    monkeypatch.setattr("gamedesk_gateway.live.feed.nats.connect", connect)

    async def scenario() -> None:
        memory = Remembered()
        await feed_without_nats(memory)._connect(asyncio.Event())
        for heard, event in (("reconnected_cb", ()), ("error_cb", (SlowConsumerError("s", "", 1, AsyncMock()),))):
            memory.put(KEY, b"{}", memory.generation)
            assert memory.get(KEY)
            await options[heard](*event)
            assert memory.get(KEY) is None

    asyncio.run(scenario())


def test_when_events_are_missed_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_gateway.live.feed._BACKLOG", 1)
    received = Msg(Client(), data=event_of("tickets.ticket.updated.v1", 1, ticket_id="t1").to_bytes())

    async def scenario() -> None:
        memory = remembering()
        feed = feed_without_nats(memory)
        await feed._take_event(received)
        assert memory.get(KEY)
        await feed._take_event(received)
        assert memory.get(KEY) is None

    asyncio.run(scenario())


def test_a_connection_that_cannot_subscribe_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    client = AsyncMock()
    client.flush.side_effect = NatsTimeout()

    async def connect(*_servers: Any, **_options: Any) -> Any:
        return client

    monkeypatch.setattr("gamedesk_gateway.live.feed.nats.connect", connect)

    async def scenario() -> None:
        feed = feed_without_nats()
        with pytest.raises(NatsTimeout):
            await feed._connect(asyncio.Event())

    asyncio.run(scenario())
    client.close.assert_awaited_once()


def test_a_quiet_stream_is_kept_alive_and_gone_pages_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_gateway.live.answer.KEEP_ALIVE_SECONDS", 0.02)

    async def scenario() -> list[bytes]:
        feed = feed_without_nats()
        sent: list[bytes] = []
        alive = asyncio.Event()

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))
            if b": keep-alive\n\n" in sent:
                alive.set()

        async def receive() -> Any:
            await alive.wait()
            return {"type": "http.disconnect"}

        async with asyncio.timeout(5):
            await LiveAnswer(feed, stream_of())({}, receive, send)
        assert list(feed.streams) == []
        return sent

    assert asyncio.run(scenario())[1].startswith(b"event: hello\n")
