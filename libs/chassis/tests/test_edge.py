"""The outermost layer, around an app that streams."""

from __future__ import annotations

import asyncio
from typing import Any

from gamedesk_chassis.contract import Contract
from gamedesk_chassis.edge import Edge
from gamedesk_chassis.health import HealthApp
from prometheus_client import REGISTRY


class Request:
    """One GET through an Edge, driven by hand: what was sent so far is in `sent`."""

    def __init__(self, app: Any) -> None:
        self.sent: list[Any] = []
        self.edge = Edge(app, HealthApp(), Contract({}, ()))

    async def run(self) -> None:
        scope = {"type": "http", "method": "GET", "path": "/stream", "headers": [], "query_string": b""}
        await self.edge(scope, self._receive, self._send)  # pyright: ignore[reportArgumentType]

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


def observed_seconds() -> float:
    labels = {"operation": "unknown", "status": "200"}
    return REGISTRY.get_sample_value("http_request_seconds_sum", labels) or 0.0


def test_events_pass_at_once_and_the_stream_counts_only_until_it_begins() -> None:
    async def scenario() -> None:
        go_on = asyncio.Event()

        async def stream(_scope: Any, _receive: Any, send: Any) -> None:
            headers = [(b"content-type", b"text/event-stream")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"event: hello\n\n", "more_body": True})
            await go_on.wait()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        request = Request(stream)
        task = asyncio.create_task(request.run())
        for _ in range(20):
            await asyncio.sleep(0)
        assert [message["type"] for message in request.sent] == ["http.response.start", "http.response.body"]
        await asyncio.sleep(0.3)
        go_on.set()
        await task

    before = observed_seconds()
    asyncio.run(scenario())
    assert observed_seconds() - before < 0.2
