"""A service that is slow must not take the gateway with it: calls to each have places of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """There is no place, and none came free in time."""


class Bulkhead:
    """At most `places` calls are in flight, and as many again wait for a place; who comes then is refused at once."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue, self._waiting = places, 0

    @asynccontextmanager
    async def place(self, patience: float) -> AsyncIterator[None]:
        """A place for the length of the block, waited for up to `patience` seconds. Raises Full."""
        if self._places.locked():
            await self._wait(patience)
        else:
            await self._places.acquire()  # does not wait
        try:
            yield
        finally:
            self._places.release()

    async def _wait(self, patience: float) -> None:
        if self._waiting >= self._queue:
            raise Full
        self._waiting += 1
        try:
            async with asyncio.timeout(patience):
                await self._places.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self._waiting -= 1
