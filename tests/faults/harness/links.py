"""A small fault proxy: every connection of the cluster goes through a named link that can be harmed.

The proxy understands no protocol. It only looks for the word that ends a transaction on the way to PostgreSQL, so
that a COMMIT, or the answer to it, can be lost on purpose.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

Target = Path | int  # a Unix socket, or a port of the loopback address

LOOPBACK = "127.0.0.1"
CHUNK = 65536
COMMIT = b"COMMIT\0"
WROTE = re.compile(rb"(?:INSERT 0|UPDATE|DELETE) [1-9][0-9]*\0")  # PostgreSQL's answer to what changed a row
_ABORTIVE = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
CARRIED_LIMIT = 1_000_000  # bytes of a transaction in which a trap is looked for
LATENCY = 0.2  # seconds that a slow link adds to every piece, each way
DRIP_BYTES, DRIP_PAUSE = 16, 0.05


class Mode(Enum):
    """What a link does with the bytes that it is given."""

    PASS = "carries everything"
    CUT = "refuses new connections and drops those there are"
    RESET = "resets each connection in the middle of its next answer"
    HALF_OPEN = "swallows everything, without a word"
    NO_REQUESTS = "carries answers, swallows requests"
    NO_ANSWERS = "carries requests, swallows answers"
    SLOW = f"adds {LATENCY:g} s to every piece, each way"
    DRIP = f"hands over {DRIP_BYTES} bytes at a time"


class Commit(Enum):
    """What becomes of the next COMMIT on a link to PostgreSQL."""

    LOST = "it never reaches the server, the connection breaks"
    UNANSWERED = "the server commits, the connection breaks before its answer"
    HELD = "it waits until it is released"


@dataclass
class _Trap:
    what: Commit
    carrying: re.Pattern[bytes]
    sprung: threading.Event
    released: asyncio.Event


class _Connection:
    """One client's connection and the one to the target that belongs to it."""

    def __init__(self, link: Link, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.link, self.client, self.server = link, client, server
        self.lost_bytes = False
        self.drop_answer = False  # the next one: its COMMIT is to stay unanswered
        self._carried = b""  # what the transaction has sent so far, as far as a trap may ask for it

    def reset(self) -> None:
        """Let the client's end be a TCP reset instead of an orderly end."""
        self.client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORTIVE)
        self.abort()

    def abort(self) -> None:
        for writer in (self.client, self.server):
            with contextlib.suppress(Exception):
                writer.transport.abort()

    async def requests(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(CHUNK):
            if self.link.trap is not None and not await self._past_the_trap(data):
                return
            if self.link.mode in (Mode.HALF_OPEN, Mode.NO_REQUESTS):
                self.link.bites += 1
                self.lost_bytes = True
                continue
            await self._hand_over(self.server, data)

    async def answers(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(CHUNK):
            mode = self.link.mode_of_answer()
            if self.link.trap is not None:
                self._carry(data)
            if self.drop_answer:
                return
            if mode in (Mode.HALF_OPEN, Mode.NO_ANSWERS):
                self.link.bites += 1
                self.lost_bytes = True
            elif mode is Mode.CUT:
                return
            elif mode is Mode.RESET:
                self.link.bites += 1
                self.client.write(data[: len(data) // 2])
                await self.client.drain()
                self.reset()
                return
            else:
                await self._hand_over(self.client, data)

    async def _hand_over(self, to: asyncio.StreamWriter, data: bytes) -> None:
        if self.link.mode is Mode.SLOW:
            self.link.bites += 1
            await asyncio.sleep(LATENCY)
        if self.link.mode is Mode.DRIP and to is self.client:
            self.link.bites += 1
            for start in range(0, len(data), DRIP_BYTES):
                to.write(data[start : start + DRIP_BYTES])
                await to.drain()
                if self.link.mode is Mode.DRIP:  # healed meanwhile? Then the rest at once
                    await asyncio.sleep(DRIP_PAUSE)
            return
        to.write(data)
        await to.drain()

    async def _past_the_trap(self, data: bytes) -> bool:
        """Whether the connection goes on; springs the trap at a COMMIT of the transaction it was laid for."""
        trap = self.link.trap
        self._carry(data)
        if trap is None or COMMIT not in data:
            if b"ROLLBACK\0" in data:
                self._carried = b""
            return True
        wanted = trap.carrying.search(self._carried)
        self._carried = b""
        if not wanted:
            return True
        self.link.trap = None
        self.drop_answer = trap.what is Commit.UNANSWERED
        trap.sprung.set()
        if trap.what is Commit.HELD:
            self.link.held = trap
            await trap.released.wait()
        return trap.what is not Commit.LOST

    def _carry(self, data: bytes) -> None:
        self._carried = (self._carried + data)[-CARRIED_LIMIT:]


class Link:
    """A port of the loopback address whose connections go on to one of `targets`, taken in turn.

    Every method may be called from any thread.
    """

    def __init__(self, name: str, targets: Sequence[Target], loop: asyncio.AbstractEventLoop) -> None:
        self.name = name
        self.port = 0
        self.bites = 0  # pieces and connections that a mode did something to
        self.mode = Mode.PASS
        self.trap: _Trap | None = None
        self.held: _Trap | None = None
        self._targets = list(targets)
        self._turn = itertools.count()
        self._loop = loop
        self._next_answer: Mode | None = None
        self._speaking = asyncio.Event()  # cleared while it is half open
        self._speaking.set()
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where an HTTP client reaches what is behind it."""
        return f"http://{LOOPBACK}:{self.port}"

    def set(self, mode: Mode) -> None:
        """Behave like this from now on. A connection that has lost bytes is dropped when the link passes again."""

        async def change() -> None:
            self.mode, self._next_answer, self.trap = mode, None, None
            if mode is Mode.HALF_OPEN:
                self._speaking.clear()
            else:
                self._speaking.set()
            if self.held is not None:
                self.held.released.set()
            for connection in list(self._connections):
                if mode is Mode.CUT or (connection.lost_bytes and mode is not Mode.HALF_OPEN):
                    self.bites += mode is Mode.CUT
                    connection.abort()
            if mode is Mode.CUT:
                self._listen_no_more()
            elif self._server is None:
                await self.open()

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(10)

    def arm(self, mode: Mode) -> None:
        """Behave like this for the next answer only, whichever connection it comes on."""
        self._on_loop(lambda: setattr(self, "_next_answer", mode))

    def at_commit(
        self, what: Commit, carrying: bytes | re.Pattern[bytes] = b""
    ) -> tuple[threading.Event, Callable[[], None]]:
        """Do this once, to the next COMMIT of a transaction that has sent `carrying` before, or been answered so.

        Returns:
            an event that is set when it was done, and what releases a COMMIT that is HELD.
        """
        wanted = re.compile(re.escape(carrying)) if isinstance(carrying, bytes) else carrying
        trap = _Trap(what, wanted, threading.Event(), asyncio.Event())
        self._on_loop(lambda: setattr(self, "trap", trap))
        return trap.sprung, lambda: self._on_loop(trap.released.set)

    def mode_of_answer(self) -> Mode:
        """For the connections: what to do with the answer that has just come."""
        if self._next_answer is None:
            return self.mode
        mode, self._next_answer = self._next_answer, None
        return mode

    def connections(self) -> int:
        """How many connections go through it at this moment."""
        return len(self._connections)

    async def open(self) -> None:
        """Listen, on the same port as before. On the proxy's loop."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port, limit=CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more, and drop every connection. On the proxy's loop."""
        self._listen_no_more()
        for connection in list(self._connections):
            connection.abort()

    def _listen_no_more(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        ways = None if self.mode is Mode.CUT else await self._connect()
        if ways is None:
            to_client.transport.abort()
            return
        from_server, to_server = ways
        connection = _Connection(self, to_client, to_server)
        self._connections.add(connection)
        try:
            both = (connection.requests(from_client), connection.answers(from_server))
            await _until_one_ends(*both)
            # An end is passed on like any other byte: a half-open connection keeps silent about it, too.
            await self._speaking.wait()
        except asyncio.CancelledError:  # the links are closed; asyncio would complain about a cancelled task
            pass
        finally:
            self._connections.discard(connection)
            connection.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """To the next target, or the one after if it refuses, as a load balancer does."""
        first = next(self._turn)
        for offset in range(len(self._targets)):
            target = self._targets[(first + offset) % len(self._targets)]
            with contextlib.suppress(OSError):
                if isinstance(target, Path):
                    return await asyncio.open_unix_connection(str(target), limit=CHUNK)
                return await asyncio.open_connection(LOOPBACK, target, limit=CHUNK)
        return None

    def _on_loop(self, change: Callable[[], object]) -> None:
        async def do() -> None:
            change()

        asyncio.run_coroutine_threadsafe(do(), self._loop).result(10)


async def _until_one_ends(*ways: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Links:
    """All links of a cluster, by name, on one event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._thread.start()
        self._links: dict[str, Link] = {}

    def add(self, name: str, *targets: Target) -> Link:
        """A new link, listening; nobody need listen at its targets yet."""
        link = Link(name, targets, self._loop)
        asyncio.run_coroutine_threadsafe(link.open(), self._loop).result(10)
        self._links[name] = link
        return link

    def __getitem__(self, name: str) -> Link:
        return self._links[name]

    def names(self, part: str = "") -> list[str]:
        """The names that contain `part`: ">nats" for all links to NATS, "tickets-worker-1>" for all of one program."""
        return sorted(name for name in self._links if part in name)

    def straighten(self) -> None:
        """Every link passes everything again."""
        for link in self._links.values():
            link.set(Mode.PASS)

    def close(self) -> None:
        """Close them all and end the thread."""

        async def close() -> None:
            for link in self._links.values():
                link.close()
            self._loop.set_exception_handler(lambda *_: None)  # streams complain of being cancelled
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
