"""Calls to the services: each has a deadline, a place, a circuit, and at most one repetition, and none is cancelled.

A call runs in a task of its own, which ends by itself at its deadline; whoever asked may go before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from gamedesk_chassis.http_client import CallFailed, Reply

from gamedesk_gateway import deadlines
from gamedesk_gateway.bulkhead import Bulkhead, Full
from gamedesk_gateway.circuits import Circuit
from gamedesk_gateway.connections import Broken, Connections, NotSent, Outgoing

READS = ("GET", "HEAD")

# Of the time that a call has, for waiting for a place; with the rest, the service can still do something.
_SHARE_OF_WAITING = 0.5
_BUSY_SECONDS = 1


class Refused(Exception):
    """A service refuses what the whole view is about; its answer is the view's."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}")
        self.reply = reply


class Repetitions:
    """How many calls may be sent again: ten, and then one for each ten calls; so that repeating never doubles the load
    of a service that is in trouble."""

    _MOST, _SHARE = 10.0, 0.1

    def __init__(self) -> None:
        self._left = self._MOST

    def earn(self) -> None:
        """A call was made."""
        self._left = min(self._MOST, self._left + self._SHARE)

    def take(self) -> bool:
        """Whether one more may be made."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Upstream:
    """One service. At most `connections` calls are in flight and as many wait for one of these places; the circuit
    opens when half of at least `circuit_calls` in 5 s, with `fair` seconds or more, got no answer."""

    def __init__(
        self, name: str, base_url: str, *, connections: int = 100, circuit_calls: int = 5, fair: float = 0.4
    ) -> None:
        self.name = name
        self._connections = Connections(base_url, connections)
        self._bulkhead = Bulkhead(connections)
        self._circuit = Circuit(name, circuit_calls, fair)
        self._repetitions = Repetitions()
        self._calls: set[asyncio.Task[Reply]] = set()

    async def call(
        self,
        method: str,
        target: bytes,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        repeatable: bool | None = None,
    ) -> Reply:
        """The answer, whatever its status, or CallFailed within `deadline` seconds and the request's own deadline.

        `target` is path and query as they stand in a request line. A `repeatable` call (by default a GET) is sent
        once more when its connection breaks. Reasons to fail: timeout, connection, body, busy (no place), circuit;
        NotSent if nothing of it has left.
        """
        left = deadlines.seconds_left(deadline)
        twice = method in READS if repeatable is None else repeatable
        request, ends = Outgoing(method, target, headers or {}, body), time.monotonic() + left
        return await self._circuit.watch(lambda: self._begin(request, ends, twice), left)

    def _begin(self, request: Outgoing, ends: float, twice: bool) -> asyncio.Task[Reply]:
        task = asyncio.create_task(self._sent(request, ends, twice))
        self._calls.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[Reply]) -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()  # somebody has looked at it, even when nobody waits any more

    async def _sent(self, request: Outgoing, ends: float, twice: bool) -> Reply:
        try:
            async with self._bulkhead.place((ends - time.monotonic()) * _SHARE_OF_WAITING):
                self._repetitions.earn()
                try:
                    return await self._connections.send(request, ends, kept=twice)
                except Broken:
                    if not (twice and self._repetitions.take()):
                        raise
                    return await self._again(request, ends)
        except Full:
            raise NotSent("busy", retry_after=_BUSY_SECONDS) from None

    async def _again(self, request: Outgoing, ends: float) -> Reply:
        try:
            reply = await self._connections.send(request, ends, kept=False)
        except NotSent as failed:  # this time; the first may have been done
            raise CallFailed(failed.reason) from None
        if reply.status >= 500 and request.method not in READS:
            raise reply.failure()  # it speaks of this time too
        return reply

    async def aclose(self) -> None:
        """Let the calls under way end, then close the connections."""
        if self._calls:
            await asyncio.wait(self._calls)
        await self._connections.aclose()
