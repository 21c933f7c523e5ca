"""When a service is left alone, and when it is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_gateway import circuits
from gamedesk_gateway.circuits import Circuit
from gamedesk_gateway.connections import NotSent
from gamedesk_testing import eventually

CALLS, FAIR = 4, 0.2


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Service:
    """Calls through a circuit; `begun` counts those that were let through."""

    def __init__(self) -> None:
        self.clock, self.begun = Clock(), 0
        self.circuit = Circuit("tickets", CALLS, FAIR, self.clock)

    async def call(self, outcome: Coroutine[Any, Any, Reply], patience: float = 30.0) -> str:
        """Its status, or why there is none."""

        def begin() -> asyncio.Task[Reply]:
            self.begun += 1
            return asyncio.create_task(outcome)

        try:
            return str((await self.circuit.watch(begin, patience)).status)
        except CallFailed as failed:
            return failed.reason
        finally:
            outcome.close()

    async def lose(self, calls: int = CALLS) -> None:
        for _ in range(calls):
            assert await self.call(failing("connection")) == "connection"

    async def is_open(self) -> bool:
        before = self.begun
        return await self.call(answering()) == "circuit" and self.begun == before


async def answering(status: int = 200) -> Reply:
    return Reply(status, httpx.Headers(), b"")


async def failing(reason: str) -> Reply:
    raise CallFailed(reason)


async def never() -> Reply:
    return await asyncio.Future()


async def when(event: asyncio.Event) -> Reply:
    await event.wait()
    return await answering()


def test_it_opens_when_half_of_the_calls_got_no_answer() -> None:
    async def scenario() -> None:
        service = Service()
        assert [await service.call(answering()) for _ in range(CALLS)] == ["200"] * CALLS
        await service.lose(CALLS - 1)
        assert not await service.is_open()
        await service.lose(2)
        assert await service.is_open()

    asyncio.run(scenario())


def test_what_is_open_says_when_to_come_again() -> None:
    async def scenario() -> None:
        service = Service()
        await service.lose()
        with pytest.raises(NotSent) as refused:
            await service.circuit.watch(lambda: pytest.fail("it was let through"), 1)
        assert refused.value.retry_after == 1

    asyncio.run(scenario())


def test_half_open_lets_one_call_through_and_its_answer_closes_it() -> None:
    async def scenario() -> None:
        service, answered = Service(), asyncio.Event()
        await service.lose()
        service.clock.now += 1
        before = service.begun
        probe = asyncio.create_task(service.call(when(answered)))
        await asyncio.sleep(0)
        assert [await service.call(answering()) for _ in range(3)] == ["circuit"] * 3
        assert service.begun == before + 1
        answered.set()
        assert await probe == "200"
        assert not await service.is_open()

    asyncio.run(scenario())


def test_a_probe_without_an_answer_opens_it_for_twice_as_long_up_to_five_seconds() -> None:
    async def scenario() -> None:
        service = Service()
        await service.lose()
        for seconds in (1, 2, 4, 5, 5):
            service.clock.now += seconds - 0.1
            assert await service.is_open()
            service.clock.now += 0.1
            assert await service.call(failing("timeout")) == "timeout"
        service.clock.now += 5
        assert await service.call(answering()) == "200"
        assert not await service.is_open()

    asyncio.run(scenario())


def test_a_slow_probe_holds_up_nobody_and_still_gets_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuits, "_PROBE_SECONDS", 0.01)

    async def scenario() -> None:
        service, answered = Service(), asyncio.Event()
        await service.lose()
        service.clock.now += 1
        probe = asyncio.create_task(service.call(when(answered)))
        await asyncio.sleep(0)
        assert service.begun == CALLS + 1
        await asyncio.to_thread(eventually, lambda: service.circuit._breaker.state == "open")
        service.clock.now += 2
        assert await service.call(answering()) == "200", "the next one"
        answered.set()
        assert await probe == "200"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("outcome", "patience", "opens"),
    [
        (lambda: failing("timeout"), 30.0, True),
        (lambda: failing("timeout"), 0.1, False),
        (lambda: failing("busy"), 30.0, False),
        (lambda: failing("body"), 30.0, False),
        (never, 0.25, True),
        (lambda: answering(500), 30.0, False),
        (lambda: answering(503), 30.0, False),
        (lambda: answering(404), 30.0, False),
        (lambda: answering(504), 30.0, True),
    ],
    ids=["timeout", "short", "busy", "too large", "never", "500", "503", "404", "504"],
)
def test_what_counts_as_no_answer(outcome: Any, patience: float, opens: bool) -> None:
    async def scenario() -> None:
        service = Service()
        await asyncio.gather(*(service.call(outcome(), patience) for _ in range(2 * CALLS)))
        assert await service.is_open() is opens

    asyncio.run(scenario())


def test_what_happened_long_ago_does_not_count() -> None:
    async def scenario() -> None:
        service = Service()
        await service.lose(CALLS - 1)
        service.clock.now += 11
        await service.lose(CALLS - 1)
        assert not await service.is_open()

    asyncio.run(scenario())
