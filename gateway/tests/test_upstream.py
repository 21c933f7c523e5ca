"""One service's calls: they end with their deadline, are repeated where that is safe, and leave nothing behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_gateway import deadlines
from gamedesk_gateway.connections import NotSent
from gamedesk_gateway.upstream import Upstream
from gamedesk_testing import eventually

from .faulty import Faulty

SHORT = 0.3
# What a busy machine may add to it; a call that only ends with its service would take longer.
LONG = 20.0


@pytest.fixture
def server() -> Iterator[Faulty]:
    server = Faulty()
    yield server
    server.stop()


@asynccontextmanager
async def calling(server: Faulty, **options: Any) -> AsyncIterator[Callable[..., Coroutine[Any, Any, Reply]]]:
    """`await call("GET")` asks the server; after the block, no task is left over."""
    upstream = Upstream("sales", server.url, **{"circuit_calls": 10_000, **options})

    def call(method: str = "GET", *, deadline: float = LONG, **more: Any) -> Coroutine[Any, Any, Reply]:
        body = None if method == "GET" else b"{}"
        return upstream.call(method, b"/orders", deadline=deadline, body=body, **more)

    yield call
    await upstream.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def failure(call: Awaitable[Reply]) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        await call
    return failed.value


@pytest.mark.parametrize("fault", ["silent", "drip-head", "drip-body", "blackhole"])
def test_a_call_ends_with_its_deadline_and_leaves_no_connection(server: Faulty, fault: str) -> None:
    async def scenario() -> None:
        async with calling(server, connections=2) as call:
            server.fail(fault)
            started = time.monotonic()
            failures = await asyncio.gather(*(failure(call("GET", deadline=SHORT)) for _ in range(4)))
            assert time.monotonic() - started < LONG
            assert all(failed.reason in ("timeout", "busy") for failed in failures)
            server.fail("")
            for _ in range(4):
                assert (await call("GET")).status == 200

    asyncio.run(scenario())
    eventually(lambda: server.connections == 0)


def test_the_call_under_way_ends_itself_at_the_deadline(server: Faulty) -> None:
    """Not only the one who waits for it: its connection and its place are free again."""

    async def scenario() -> None:
        async with calling(server, connections=1) as call:
            server.fail("drip-head")
            await failure(call("GET", deadline=SHORT))
            await asyncio.to_thread(eventually, lambda: server.connections == 0)

    asyncio.run(scenario())


def test_a_caller_who_goes_spoils_nothing(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server, connections=1) as call:
            server.fail("silent")
            gone = asyncio.create_task(call("GET", deadline=SHORT))
            await asyncio.to_thread(eventually, lambda: server.received)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            server.fail("")
            assert (await call("GET")).status == 200

    asyncio.run(scenario())


def test_the_service_is_told_how_long_it_has(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            await call("GET", deadline=7)
            with deadlines.within(3):
                await call("GET", deadline=7)

    asyncio.run(scenario())
    told = [int(request.headers["x-timeout-ms"]) for _, request in server.received]
    assert 3000 < told[0] <= 7000
    assert 0 < told[1] <= 3000


def test_after_the_requests_deadline_nothing_is_sent(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            with deadlines.within(0):
                assert isinstance(await failure(call("GET")), CallFailed)

    asyncio.run(scenario())
    assert server.received == []


@pytest.mark.parametrize("fault", ["hang-up", "reset"])
def test_reads_and_keyed_writes_are_sent_once_more_and_others_are_not(server: Faulty, fault: str) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            server.fail(fault)
            failures = [
                await failure(call("GET")),
                await failure(call("POST", repeatable=True)),
                await failure(call("POST")),
                await failure(call("PATCH", headers={"if-match": '"1"'})),
            ]
            assert [failed.reason for failed in failures] == ["connection"] * 4
            assert not any(isinstance(failed, NotSent) for failed in failures), "they may have been done"

    asyncio.run(scenario())
    assert [request.method for _, request in server.received] == ["GET", "GET", "POST", "POST", "POST", "PATCH"]


def test_an_edit_never_meets_a_connection_that_the_service_is_closing(server: Faulty) -> None:
    """It could not be told whether it was done: so it comes on a new connection, and is sent exactly once."""

    async def scenario() -> None:
        async with calling(server) as call:
            server.fail("stale")
            assert (await call("GET")).status == 200
            for _ in range(2):
                assert (await call("PATCH")).status == 200
            assert (await call("GET")).status == 200, "sent again on a new connection"
            await asyncio.to_thread(eventually, lambda: server.connections == 0)

    asyncio.run(scenario())
    methods = [(connection, request.method) for connection, request in server.received]
    assert methods == [(1, "GET"), (2, "PATCH"), (3, "PATCH"), (1, "GET"), (4, "GET")]


def test_a_refused_connection_is_certainly_nothing_done(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            server.fail("refused")
            assert isinstance(await failure(call("POST")), NotSent)

    asyncio.run(scenario())


def test_what_was_sent_once_may_have_been_done_although_it_could_not_be_sent_again(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            server.fail("dies")
            failed = await failure(call("POST", repeatable=True))
            assert failed.reason == "connection"
            assert not isinstance(failed, NotSent)

    asyncio.run(scenario())
    assert len(server.received) == 1


def test_what_may_have_been_done_the_first_time_is_not_denied_by_the_second(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            server.fail("ends-busy")
            failed = await failure(call("POST", repeatable=True))
            assert (failed.reason, failed.status) == ("status", 503)
            assert not isinstance(failed, NotSent)
            assert (await call("POST", repeatable=True)).status == 503, "sent once: its answer is right"

    asyncio.run(scenario())
    assert len(server.received) == 3


def test_repeating_does_not_double_the_load_of_a_service_in_trouble(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server) as call:
            server.fail("hang-up")
            for _ in range(100):
                await failure(call("GET"))

    asyncio.run(scenario())
    assert 110 <= len(server.received) <= 121


def test_who_finds_no_place_is_refused_at_once_and_who_waits_gets_the_next(server: Faulty) -> None:
    async def scenario() -> None:
        async with calling(server, connections=2) as call:
            server.fail("silent")
            held = [asyncio.create_task(call("GET", deadline=2)) for _ in range(2)]
            await asyncio.to_thread(eventually, lambda: len(server.received) == 2)
            waiting = [asyncio.create_task(call("GET", deadline=2 * LONG)) for _ in range(2)]
            await asyncio.sleep(0)

            refused = await failure(call("GET", deadline=LONG))
            assert (refused.reason, refused.retry_after) == ("busy", 1)
            assert isinstance(refused, NotSent)
            assert not any(task.done() for task in held), "at once"

            server.fault = ""
            assert [failed.reason for failed in await asyncio.gather(*map(failure, held))] == ["timeout"] * 2
            assert {reply.status for reply in await asyncio.gather(*waiting)} == {200}

    asyncio.run(scenario())
