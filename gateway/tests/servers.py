"""Small real HTTP servers: an ASGI app in a thread, and a stand-in for a service that can be made to fail."""

from __future__ import annotations

import asyncio
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from gamedesk_local.system import free_port
from gamedesk_testing import eventually


class Served:
    """An ASGI app on a port of its own, which stays the same when it is stopped and started again."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread: threading.Thread | None = None
        self.start()

    def start(self) -> None:
        """Start it unless it runs."""
        if self._thread is not None and self._thread.is_alive():
            return
        config = uvicorn.Config(self._app, host="127.0.0.1", port=self.port, log_config=None, timeout_keep_alive=75)
        config.timeout_graceful_shutdown = 1
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        eventually(lambda: self._server.started)

    def stop(self) -> None:
        stop_all([self])

    def ask_to_stop(self) -> None:
        self._server.should_exit = True

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join(10)


def stop_all(servers: list[Served]) -> None:
    for server in servers:
        server.ask_to_stop()
    for server in servers:
        server.wait()


@dataclass(frozen=True)
class Received:
    """A request as it arrived at a stand-in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
Handler = Callable[[Received], Answer]


@dataclass
class Stub:
    """A stand-in for a service. `answers[path]` is an answer (status, JSON or bytes, headers) or a function of the
    request, `otherwise` that of every other path; `fault` is None, slow, drip, 500 or broken; each answer comes after
    `delay` seconds."""

    answers: dict[str, Answer | Handler] = field(default_factory=dict)
    otherwise: Answer = (404, {"type": "urn:gamedesk:problem:not-found", "title": "nothing", "status": 404})
    fault: str | None = None
    delay: float = 0.0
    received: list[Received] = field(default_factory=list)

    def asked(self, path: str) -> list[Received]:
        return [request for request in self.received if request.target.partition("?")[0] == path]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = await self._read(scope, receive)
        self.received.append(request)
        fault = self.fault
        if fault == "slow":
            await asyncio.sleep(5)
        await asyncio.sleep(self.delay)
        status, data, headers = self._answer(request)
        body = data if isinstance(data, bytes) else orjson.dumps(data)
        if fault == "500":
            status, body = 500, b'{"type":"urn:gamedesk:problem:internal","title":"oh","status":500}'
        if fault == "broken":
            body = body[: len(body) // 2] + b"\xff"
        headers = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        if fault == "drip":
            for byte in body:
                await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
                await asyncio.sleep(0.1)
            body = b""
        await send({"type": "http.response.body", "body": body})

    def _answer(self, request: Received) -> tuple[int, Any, dict[str, str]]:
        found = self.answers.get(request.target.partition("?")[0])
        if found is None:
            found = self.otherwise
        answer = found(request) if callable(found) else found
        return (*answer, {}) if len(answer) == 2 else answer

    @staticmethod
    async def _read(scope: Any, receive: Any) -> Received:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        return Received(scope["method"], target, headers, body)


class HangsUp:
    """A server that reads a request's head and closes the connection without an answer. `methods`: what it read."""

    def __init__(self) -> None:
        self.methods: list[str] = []
        methods = self.methods

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                methods.append(self.rfile.readline().decode().partition(" ")[0])
                while self.rfile.readline().strip():
                    pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
