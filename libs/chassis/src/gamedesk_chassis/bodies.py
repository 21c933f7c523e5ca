"""Receiving the body of a request: within a size and a time, and if it is large, only from whom we know.

A large body is held in memory from its first byte to the answer; there is so much for all of them together, and each
takes of it what has arrived: who only says that he will send much holds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive

from gamedesk_chassis import problems
from gamedesk_chassis.contract import DEFAULT_BODY_LIMIT, Operation
from gamedesk_chassis.errors import NotAuthenticated, Unavailable

SECONDS = 15.0
LARGE_SECONDS = 60.0
FIRST_BYTE_SECONDS = 5.0  # of what anybody may send
KNOWN_BYTES = 64 * 1024 * 1024
PUBLIC_BYTES = 16 * 1024 * 1024
_RETRY_SECONDS = 5

# Takes so many bytes of a share. Raises BodyRefused.
Take = Callable[[int], None]
# Whether a request brings credentials that hold; cheap enough for the event loop.
IsKnown = Callable[[Headers], bool]


class BodyRefused(Exception):
    """The request is answered with this problem document, whatever of its body is still to come."""

    def __init__(self, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(document["status"])
        self.document, self.headers = document, headers or {}


class ClientGone(Exception):
    """The client hung up before its body was whole."""


class Incoming:
    """A body on its way. It has to be `over` after some seconds, 60 for a large one; what anybody may send has to begin
    after a few."""

    def __init__(self, headers: Headers, operation: Operation | None, receive: Receive) -> None:
        self.limit = operation.body_limit if operation else DEFAULT_BODY_LIMIT
        length, is_chunked = headers.get("content-length", ""), "transfer-encoding" in headers
        self.length = int(length) if length.isdecimal() and not is_chunked else None
        self.exists = is_chunked or bool(self.length)
        self.is_large = self.exists and min(self.length or self.limit, self.limit) > DEFAULT_BODY_LIMIT
        self.is_public = operation is None or operation.roles is None
        self.over = False
        self._begins = asyncio.get_running_loop().time()
        self._ends = self._begins + (LARGE_SECONDS if self.is_large else SECONDS)
        self._receive = receive

    async def whole(self, take: Take) -> bytes:
        """Raises BodyRefused (too long, too slow, or more than there is to `take`), ClientGone."""
        parts: list[bytes] = []
        size = 0
        first = min(self._begins + FIRST_BYTE_SECONDS, self._ends) if self.is_public else self._ends
        try:
            async with asyncio.timeout_at(first) as timeout:
                while not self.over:
                    parts.append(await self._chunk())
                    size += len(parts[-1])
                    if size > self.limit:
                        raise BodyRefused(problems.document_of_status(413))
                    take(len(parts[-1]))
                    if size:
                        timeout.reschedule(self._ends)
            return b"".join(parts)
        except TimeoutError:
            self._ends = self._begins  # nobody waits for the rest
            raise BodyRefused(problems.document_of_status(408)) from None
        finally:
            parts.clear()  # the refusal's traceback would hold them until the rest has come

    async def drain(self) -> None:
        """Take in what is still to come and forget it: who is sending reads the answer only afterwards."""
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout_at(self._ends):
                while not self.over:
                    await self._chunk()

    async def _chunk(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.over = True
            raise ClientGone()
        self.over = not message.get("more_body", False)
        return message.get("body", b"")


class Bodies:
    """The bodies of one process. What anybody may send has a share of its own."""

    def __init__(self, is_known: IsKnown) -> None:
        self._is_known = is_known
        self._known, self._public = _Budget(KNOWN_BYTES), _Budget(PUBLIC_BYTES)

    @asynccontextmanager
    async def received(self, incoming: Incoming, headers: Headers) -> AsyncIterator[bytes]:
        """The whole body, for the length of the block. Raises BodyRefused, ClientGone."""
        if incoming.is_large and not incoming.is_public and not self._is_known(headers):
            raise _refused(NotAuthenticated())
        if (incoming.length or 0) > incoming.limit:
            raise BodyRefused(problems.document_of_status(413))
        budget = self._public if incoming.is_public else self._known
        with budget.share() as take:
            yield await incoming.whole(take if incoming.is_large else lambda _size: None)


class _Budget:
    def __init__(self, size: int) -> None:
        self._left = size

    @contextmanager
    def share(self) -> Iterator[Take]:
        """What is taken in the block is given back at its end."""
        held = 0

        def take(size: int) -> None:
            nonlocal held
            if size > self._left:
                raise _refused(Unavailable("Too much is being uploaded just now.", retry_after=_RETRY_SECONDS))
            self._left -= size
            held += size

        try:
            yield take
        finally:
            self._left += held


def _refused(error: Exception) -> BodyRefused:
    return BodyRefused(*problems.document_of_error(error))
