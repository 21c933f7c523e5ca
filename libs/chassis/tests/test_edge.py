"""The outermost layer, around an app that streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from gamedesk_chassis.contract import Contract
from gamedesk_chassis.edge import Edge
from gamedesk_chassis.health import HealthApp
from gamedesk_chassis.ids import new_id
from prometheus_client import REGISTRY


class Request:
    """One GET through an Edge, driven by hand: what was sent so far is in `sent`."""

    def __init__(self, app: Any, path: str = "/stream", headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self.sent: list[Any] = []
        self.path, self.headers = path, list(headers)
        self.edge = Edge(app, HealthApp(), Contract({}, ()))

    async def run(self) -> None:
        scope = {"type": "http", "method": "GET", "path": self.path, "headers": self.headers, "query_string": b""}
        await self.edge(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


def observed_seconds() -> float:
    labels = {"operation": "unknown", "status": "200"}
    return REGISTRY.get_sample_value("http_request_seconds_sum", labels) or 0.0


def test_events_pass_at_once_and_the_stream_counts_only_until_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    monkeypatch.setattr("gamedesk_chassis.edge.time.perf_counter", lambda: clock)

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
        nonlocal clock
        clock = 1800.0
        go_on.set()
        await task

    before = observed_seconds()
    asyncio.run(scenario())
    assert observed_seconds() - before < 1.0


@pytest.mark.parametrize("path", ["/things/a\nb", "/things/\n", "/things/\x7f"])
def test_a_path_that_two_routers_read_differently_reaches_neither(path: str) -> None:
    async def app(*_: Any) -> None:
        raise AssertionError("reached")

    request = Request(app, path)
    asyncio.run(request.run())

    assert request.sent[0]["status"] == 404


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match", "Content-Type", "Content-Length"])
def test_a_repeated_header_that_counts_once_is_refused(name: str) -> None:
    async def app(*_: Any) -> None:
        raise AssertionError("reached")

    header = name.lower().encode()
    request = Request(app, headers=[(header, b"1"), (header, b"2")])
    asyncio.run(request.run())

    problem = json.loads(request.sent[1]["body"])
    assert (request.sent[0]["status"], problem["type"]) == (400, "urn:gamedesk:problem:validation")
    assert problem["errors"][0]["pointer"] == f"/header/{name}"


def answered_request_id(sent: bytes) -> str:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    request = Request(app, headers=[(b"x-request-id", sent)])
    asyncio.run(request.run())
    return dict(request.sent[0]["headers"])[b"x-request-id"].decode()


def test_a_uuid_is_taken_as_the_requests_id() -> None:
    for mine in (str(new_id()), str(uuid4())):
        assert answered_request_id(mine.encode()) == mine


A_UUID = "01a208f5-8048-72de-8e9d-08bbc144cdf7"


@pytest.mark.parametrize(
    "said", ["13912345678", "wx_somebody", "KF001", "a" * 32, "", f"{A_UUID}\n", f"{A_UUID}{A_UUID}", f"{A_UUID[:-1]}x"]
)
def test_what_a_caller_may_say_of_somebody_is_no_id_of_a_request__masking(said: str) -> None:
    """It would be logged, answered and passed on."""
    given = answered_request_id(said.encode())

    assert given != said
    assert str(UUID(given)) == given
