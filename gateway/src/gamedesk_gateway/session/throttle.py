"""Guessing passwords is made slow: failed sign-ins are counted by agent id and by client address.

Counted in this process alone: with n replicas an attacker has n times as many attempts. Behind a proxy that does not
pass on the client's address all clients share one.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gamedesk_chassis.errors import TooManyRequests
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gamedesk_gateway.answers import not_answering

_PER_AGENT = RateLimitItemPerMinute(10, 5, namespace="agent")
_PER_ADDRESS = RateLimitItemPerMinute(60, 5, namespace="address")
_AT_ONCE = 4  # each costs players a password hash: 64 MiB and a core for a moment
_WAIT_SECONDS = 5.0


class SignInThrottle:
    """Lets few sign-ins through at once, and none of an agent or address that failed too often in five minutes."""

    def __init__(self) -> None:
        self._failures = MovingWindowRateLimiter(MemoryStorage())
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def attempt(self, agent_id: str, address: str) -> AsyncIterator[Callable[[], None]]:
        """An attempt for the length of the block; yields what to call when it failed.

        Raises TooManyRequests, or Unavailable when too many others are waiting.
        """
        limits = ((_PER_AGENT, agent_id.upper()), (_PER_ADDRESS, address))
        self._check(limits)
        try:
            await asyncio.wait_for(self._slots.acquire(), _WAIT_SECONDS)
        except TimeoutError:
            raise not_answering("players") from None
        try:
            self._check(limits)  # those who went before may have failed
            yield lambda: self._count(limits)
        finally:
            self._slots.release()

    def _check(self, limits: tuple[tuple[RateLimitItem, str], ...]) -> None:
        for limit, key in limits:
            if not self._failures.test(limit, key):
                wait = math.ceil(self._failures.get_window_stats(limit, key).reset_time - time.time())
                raise TooManyRequests("Too many failed sign-ins; wait before the next one.", retry_after=max(wait, 1))

    def _count(self, limits: tuple[tuple[RateLimitItem, str], ...]) -> None:
        for limit, key in limits:
            self._failures.hit(limit, key)
