"""A service in trouble: an HTTP server on a real port that can be told how to fail."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import orjson

from .servers import Received

PAGE = {"items": [], "next_cursor": None}
_DRIP_SECONDS = 0.02


class Faulty:
    """Answers 200 to everything, with `answers[path]` or an empty page, unless `fault` is

    silent      reads the request and never answers
    drip-head   never ends its headers, byte by byte
    drip-body   never ends its body, byte by byte
    reset       resets the connection in the middle of the body
    stale       closes a connection at its second request, without an answer
    hang-up     closes a connection at its first
    dies        closes it at its first and listens no more
    ends-busy   closes a connection at its first, then answers 503 that nothing was done
    500         answers so
    refused     does not listen
    blackhole   does not accept, and its queue is full

    `received`: the requests, each with the number of its connection; `connections`: how many are open.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.received: list[tuple[int, Received]] = []
        self.connections, self._accepted, self.fault, self._ended = 0, 0, "", False
        self._server: asyncio.Server | None = None
        self._filling: list[socket.socket] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self._do(self._listen)
        self.url = f"http://127.0.0.1:{self.port}"

    def fail(self, fault: str) -> None:
        """From now on, also on connections that are idle."""
        self._do(self._close)
        self.fault, self._ended = fault, False
        if fault == "blackhole":
            self._fill()
        elif fault != "refused":
            self._do(self._listen)

    def stop(self) -> None:
        self._do(self._close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        """Listen no more and end every connection."""
        for kept in self._filling:
            kept.close()
        self._filling.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fill(self) -> None:
        """Listen with the shortest queue and fill it, so that the next one who comes hears nothing at all."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(0)
        self._filling.append(listening)
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
            self._filling.append(one)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._accepted += 1
        number, self.connections = self._accepted, self.connections + 1
        requests = 0
        try:
            while True:
                request = await _request(reader)
                self.received.append((number, request))
                requests += 1
                if self.fault == "dies" and self._server is not None:
                    self._server.close()
                if self.fault == "ends-busy" and not self._ended:
                    self._ended = True
                    return
                if self.fault in ("hang-up", "dies") or (self.fault == "stale" and requests > 1):
                    return
                await self._answer(request, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections -= 1
            writer.close()

    async def _answer(self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = orjson.dumps(self.answers.get(request.target.partition("?")[0], PAGE))
        status = {"500": "500 Internal Server Error", "ends-busy": "503 Service Unavailable"}.get(self.fault, "200 OK")
        if self.fault == "ends-busy":
            body = orjson.dumps({"type": "urn:gamedesk:problem:unavailable", "status": 503, "outcome": "not-done"})
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n".encode()
        if self.fault == "silent":
            await reader.read(1)  # until the other side goes
        elif self.fault == "drip-head":
            await self._drip(writer, head + b"x-long: ")
        elif self.fault == "drip-body":
            await self._drip(writer, head.replace(str(len(body)).encode(), b"1000000") + b"\r\n")
        elif self.fault == "reset":
            writer.write(head + b"\r\n" + body[:10])
            await writer.drain()
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        else:
            writer.write(head + b"\r\n" + body)
            await writer.drain()

    @staticmethod
    async def _drip(writer: asyncio.StreamWriter, begin: bytes) -> None:
        writer.write(begin)
        while not writer.transport.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(_DRIP_SECONDS)
        raise ConnectionResetError


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in head[1:] if line}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)
