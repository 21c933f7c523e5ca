"""Failed sign-ins are limited by agent id and by client address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gamedesk_chassis.errors import TooManyRequests
from gamedesk_gateway.session.throttle import SignInThrottle

from .conftest import Gateway
from .test_proxy import slug

REFUSED = {"type": "urn:gamedesk:problem:sign-in-refused", "title": "no", "status": 401}


@pytest.fixture
def desk(gateway_with: Callable[..., Gateway]) -> Gateway:
    """A gateway that has counted nothing yet, in front of players who refuse."""
    gateway = gateway_with()
    gateway.stubs["players"].answers["/sessions"] = (401, REFUSED)
    return gateway


def sign_in(gateway: Gateway, agent_id: str) -> httpx.Response:
    return gateway.http.post("/api/session", json={"agent_id": agent_id, "password": "guess"})


def test_after_ten_failures_an_agent_id_must_wait(desk: Gateway) -> None:
    assert {sign_in(desk, "KF001").status_code for _ in range(10)} == {401}

    refused = sign_in(desk, "kf001")

    assert (refused.status_code, slug(refused)) == (429, "too-many-requests")
    assert 290 < int(refused.headers["retry-after"]) <= 300
    assert len(desk.stubs["players"].asked("/sessions")) == 10
    assert sign_in(desk, "KF002").status_code == 401, "others need not wait"


def test_only_failures_count(desk: Gateway) -> None:
    desk.stubs["players"].answers["/sessions"] = (503, {})

    assert 429 not in {sign_in(desk, "KF001").status_code for _ in range(15)}


def test_after_sixty_failures_an_address_must_wait() -> None:
    async def attempt(throttle: SignInThrottle, agent_id: str, address: str) -> None:
        async with throttle.attempt(agent_id, address) as failed:
            failed()

    async def scenario() -> None:
        throttle = SignInThrottle()
        for number in range(60):
            await attempt(throttle, f"KF{number}", "192.0.2.1")
        with pytest.raises(TooManyRequests):
            await attempt(throttle, "KF100", "192.0.2.1")
        await attempt(throttle, "KF100", "192.0.2.2")

    asyncio.run(scenario())


def test_parallel_guesses_are_counted_too(desk: Gateway) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _number: sign_in(desk, "KF001").status_code, range(40)))

    assert statuses.count(401) <= 13, "ten, and those that were let in beside the tenth"
    assert statuses.count(429) == 40 - statuses.count(401)


def test_four_sign_ins_are_under_way_at_once_and_no_more() -> None:
    async def scenario() -> int:
        throttle, most, now, go_on = SignInThrottle(), 0, 0, asyncio.Event()

        async def attempt(number: int) -> None:
            nonlocal most, now
            async with throttle.attempt(f"KF{number}", "192.0.2.1"):
                now += 1
                most = max(most, now)
                if now == 4:
                    go_on.set()
                await go_on.wait()
                now -= 1

        await asyncio.gather(*(attempt(number) for number in range(12)))
        return most

    assert asyncio.run(scenario()) == 4
