"""The open streams. Each has a short queue; one that is not read fast enough is dropped instead of growing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from gamedesk_chassis.errors import TooManyRequests
from gamedesk_chassis.principal import Principal

from gamedesk_gateway.live.changes import message
from gamedesk_gateway.sections import Caller

QUEUE_LENGTH = 256
QUEUE_BYTES = 512 * 1024
_STREAMS_PER_AGENT = 20
_END = b""


@dataclass(eq=False)
class Stream:
    """One page that listens. `expires_at`: when its access token ends, in seconds since 1970."""

    principal: Principal
    caller: Caller
    players: frozenset[str]
    expires_at: float
    overrun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    _queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    _held: int = 0

    def offer(self, text: bytes) -> None:
        """Queue one or several messages; a full queue drops the stream."""
        if self._queue.full() or self._held + len(text) > QUEUE_BYTES:
            self.overrun.set()
            return
        self._queue.put_nowait(text)
        self._held += len(text)

    def end(self) -> None:
        """Let the stream say goodbye after what is queued."""
        self.ended = True
        self.offer(_END)

    @property
    def is_over(self) -> bool:
        return self.ended or self.expires_at <= time.time()

    async def next(self, within: float) -> bytes:
        """All that is queued, waiting for it up to `within` seconds; empty if nothing came or the stream ends."""
        try:
            async with asyncio.timeout(within):
                texts = [await self._queue.get()]
        except TimeoutError:
            return b""
        while not self._queue.empty():
            texts.append(self._queue.get_nowait())
        self._held = 0
        return b"".join(texts)


class Streams:
    """All streams of this process, and whether changes reach it."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._connected = False

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._streams))

    def add(self, stream: Stream) -> None:
        """Begin a stream with its greeting. Raises TooManyRequests beyond 20 of one agent."""
        of_agent = sum(other.principal.id == stream.principal.id for other in self._streams)
        if of_agent >= _STREAMS_PER_AGENT:
            raise TooManyRequests("Close other pages of this sign-in first.")
        stream.offer(message("hello", {"agent_id": stream.principal.id}))
        stream.offer(self._state())
        self._streams.add(stream)

    def remove(self, stream: Stream) -> None:
        self._streams.discard(stream)

    def end_all(self) -> None:
        for stream in self:
            stream.end()

    def set_connected(self, connected: bool) -> None:
        """Tell every page when changes stop or start to arrive; between the two it has missed some."""
        if connected != self._connected:
            self._connected = connected
            for stream in self:
                stream.offer(self._state())

    def interrupt(self) -> None:
        """Tell every page that it has missed changes, so that it fetches what it shows."""
        if self._connected:
            self.set_connected(False)
            self.set_connected(True)

    def _state(self) -> bytes:
        return message("state", {"nats": "up" if self._connected else "down"})
