"""The outermost ASGI layer: health, the body, request id, access log, and an answer whatever happens.

It stands outside Connexion, so that health checks wait for no thread and an oversized body reaches nobody.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gamedesk_chassis import deadlines, effects, problems, tracing
from gamedesk_chassis.bodies import Bodies, BodyRefused, ClientGone, Incoming, IsKnown
from gamedesk_chassis.contract import Contract, Operation
from gamedesk_chassis.errors import DomainError
from gamedesk_chassis.ids import new_id

log = structlog.get_logger("access")

# A UUID and nothing else: it is logged and answered, and personal data would be as well.
_REQUEST_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_ONCE = ("Authorization", "Idempotency-Key", "If-Match", "Content-Type", "Content-Length")
_HEALTH_PATHS = ("/health/live", "/health/ready", "/metrics")
_CLIENT_GONE = 499  # in the log: there is nobody to answer
# Looks at a request's path, headers and raw body before anybody parses it. Raises DomainError.
BodyCheck = Callable[[str, Headers, bytes], None]

_SECONDS = Histogram("http_request_seconds", "Time to answer", ["operation", "status"])


class Edge:
    """Wraps a service's Connexion app. `health` is the ASGI app that answers health and metrics paths; large bodies
    of operations that are not public are taken in only from whom `is_known` knows. `body_checks`, by operation, spare
    the work of parsing what will be refused; handlers do not rely on them."""

    def __init__(
        self,
        app: ASGIApp,
        health: ASGIApp,
        contract: Contract,
        is_known: IsKnown = lambda _headers: False,
        body_checks: Mapping[str, BodyCheck] | None = None,
    ) -> None:
        self.app, self.health, self.contract = app, health, contract
        self._bodies, self._body_checks = Bodies(is_known), body_checks or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] in _HEALTH_PATHS:
            await self.health(scope, receive, send)
        else:
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = Headers(scope=scope)
        request_id = headers.get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = str(new_id())
        token = tracing.request_id.set(request_id)
        tracing.set_traceparent(headers.get("traceparent") or tracing.new_traceparent())
        deadlines.begin(headers.get(deadlines.HEADER))
        effects.begin(scope["method"])
        operation = self.contract.find(scope["method"], scope["path"])
        answer, incoming = _Answer(send, request_id), Incoming(headers, operation, receive)
        try:
            _refuse(scope["path"], headers, incoming)
            async with self._bodies.received(incoming, headers) as body:
                self._check_body(operation, scope["path"], headers, body)
                await self.app(_with_length(scope, headers, body), _replay(body, receive), answer)
        except BodyRefused as refused:
            await answer.refuse(refused, incoming)
        except ClientGone:
            answer.status = _CLIENT_GONE
        except Exception as error:
            if answer.status:
                raise
            log.error("unhandled_error", error=type(error).__name__, exc_info=error)
            await answer.problem(problems.document_of_status(500))
        finally:
            self._account(operation, scope["method"], answer, started)
            tracing.request_id.reset(token)

    def _check_body(self, operation: Operation | None, path: str, headers: Headers, body: bytes) -> None:
        check = self._body_checks.get(operation.operation_id) if operation else None
        try:
            if check is not None:
                check(path, headers, body)
        except DomainError as error:
            raise BodyRefused(*problems.document_of_error(error)) from None

    @staticmethod
    def _account(operation: Operation | None, method: str, answer: _Answer, started: float) -> None:
        """A request takes as long as its answer; a stream of events, that ends when the client goes, and a refusal,
        that ends when the rest of the body has come, only until it begins."""
        name = operation.operation_id if operation else "unknown"
        whole = time.perf_counter() - started
        seconds = answer.began - started if answer.is_stream or answer.is_refusal else whole
        _SECONDS.labels(name, str(answer.status)).observe(seconds)
        stream = {"stream_seconds": round(whole, 1)} if answer.is_stream else {}
        log.info("request", operation=name, method=method, status=answer.status, ms=round(seconds * 1000, 1), **stream)


class _Answer:
    """Passes the answer on with the headers every answer has, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id, self.status = send, request_id, 0
        self.is_stream, self.is_refusal, self.began = False, False, 0.0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            headers["x-content-type-options"] = "nosniff"
            headers.setdefault("cache-control", "no-store")
            self.is_stream = headers.get("content-type", "").startswith("text/event-stream")
            self.began = time.perf_counter()
            if self.status == 204:  # Connexion names the media type of an answer that has none
                del headers["content-type"]
        await self._send(message)

    async def problem(self, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = await self._start_problem(document, headers or {})
        await self({"type": "http.response.body", "body": body})

    async def refuse(self, refused: BodyRefused, incoming: Incoming) -> None:
        """Answer at once, then let the rest of the body run out; the connection is of no more use."""
        self.is_refusal = True
        if incoming.over or not incoming.exists:
            await self.problem(refused.document, refused.headers)
            return
        body = await self._start_problem(refused.document, {**refused.headers, "Connection": "close"})
        await self({"type": "http.response.body", "body": body, "more_body": True})
        await incoming.drain()
        await self({"type": "http.response.body", "body": b""})

    async def _start_problem(self, document: dict[str, Any], headers: dict[str, str]) -> bytes:
        body = problems.dump(document)
        headers = {"content-type": problems.MEDIA_TYPE, "content-length": str(len(body)), **headers}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": document["status"], "headers": raw})
        return body


def _refuse(path: str, headers: Headers, incoming: Incoming) -> None:
    """Raise BodyRefused for what is not worth reading.

    Of a repeated header one layer would see the first, another all of them (400). A line break in the path makes it
    pass Connexion's router by and still match Flask's: no such thing (404). A body without a media type would reach
    the handler unchecked (415).
    """
    repeated = next((name for name in _ONCE if len(headers.getlist(name)) > 1), None)
    if repeated:
        fault = {"pointer": f"/header/{repeated}", "rule": "unique", "message": "is given more than once"}
        title = "The request is not valid"
        raise BodyRefused(problems.document(400, "validation", title, "Send this header once.", [fault]))
    if _CONTROL_CHARACTER.search(path):
        raise BodyRefused(problems.document_of_status(404))
    if incoming.exists and not headers.get("content-type"):
        raise BodyRefused(problems.document_of_status(415))


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_length(scope: Scope, headers: Headers, body: bytes) -> Scope:
    """A chunked body gets the Content-Length that Connexion looks for."""
    if "transfer-encoding" not in headers:
        return scope
    kept = [(k, v) for k, v in scope["headers"] if k not in (b"transfer-encoding", b"content-length")]
    return {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
