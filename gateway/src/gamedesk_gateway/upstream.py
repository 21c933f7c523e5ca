"""Calls to the services: each has a deadline of its own, and none is ever cancelled.

A cancelled httpx call can spoil its connection pool for good. So a call runs in a task of its own; whoever asked
waits for it as long as his deadline allows, and the task ends by itself at the next byte or timeout after it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import httpx
from gamedesk_chassis.http_client import CallFailed, Reply, async_client

_CONNECT_SECONDS = 1.0
_ANSWER_LIMIT = 16 * 1024 * 1024
# What a connection that the other side closed meanwhile, or closes now, looks like.
_BROKEN = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)


class Refused(Exception):
    """A service refuses what the whole view is about; its answer is the view's."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}")
        self.reply = reply


class Upstream:
    """One service. `connections` bounds the calls in flight; further ones wait within their deadline."""

    def __init__(self, name: str, base_url: str, *, connections: int = 100) -> None:
        self.name = name
        self._base = httpx.URL(base_url)
        self._client = async_client(base_url, connections=connections)
        self._slots = asyncio.Semaphore(connections)
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
        """The answer, whatever its status, or CallFailed (timeout, connection, body) after `deadline` seconds.

        `target` is path and query as they stand in a request line. A `repeatable` call (by default a GET) is sent
        once more when its connection breaks.
        """
        twice = method in ("GET", "HEAD") if repeatable is None else repeatable
        request = httpx.Request(
            method,
            self._base.copy_with(raw_path=target),
            headers={"accept": "*/*", "accept-encoding": "identity", **(headers or {})},
            content=body,
        )
        task = asyncio.create_task(self._attempts(request, time.monotonic() + deadline, twice))
        self._calls.add(task)
        task.add_done_callback(self._over)
        done, _ = await asyncio.wait({task}, timeout=deadline)
        if not done:
            raise CallFailed("timeout")
        return task.result()

    def _over(self, task: asyncio.Task[Reply]) -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()  # somebody has looked at it, even when nobody waits any more

    async def _attempts(self, request: httpx.Request, ends: float, twice: bool) -> Reply:
        async with self._slots:
            try:
                return await self._attempt(request, ends)
            except _BROKEN:
                if not twice:
                    raise CallFailed("connection") from None
            try:
                return await self._attempt(request, ends)
            except _BROKEN:
                raise CallFailed("connection") from None

    async def _attempt(self, request: httpx.Request, ends: float) -> Reply:
        left = ends - time.monotonic()
        if left <= 0:
            raise CallFailed("timeout")
        timeout = httpx.Timeout(left, connect=min(left, _CONNECT_SECONDS))
        request.extensions["timeout"] = timeout.as_dict()
        try:
            response = await self._client.send(request, stream=True)
            try:
                return Reply(response.status_code, response.headers, await self._read(response, ends))
            finally:
                await response.aclose()
        except httpx.TimeoutException:
            raise CallFailed("timeout") from None
        except _BROKEN:
            raise
        except httpx.HTTPError:
            raise CallFailed("connection") from None

    @staticmethod
    async def _read(response: httpx.Response, ends: float) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _ANSWER_LIMIT:
                raise CallFailed("body", response.status_code)
            if time.monotonic() > ends:
                raise CallFailed("timeout")
        return bytes(body)

    async def aclose(self) -> None:
        """Let the calls under way end, then close the connections."""
        if self._calls:
            await asyncio.wait(self._calls)
        await self._client.aclose()
