"""Passes public requests on to the services: method, path, query and body as they came, no rule of its own."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis import client_address
from gamedesk_chassis.errors import DomainError
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_chassis.tracing import current_traceparent, request_id
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gamedesk_gateway import references
from gamedesk_gateway.answers import named, not_answering, problem_answer
from gamedesk_gateway.routes import API
from gamedesk_gateway.upstream import READS, Upstream

_REQUEST_HEADERS = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)
_COUNTS_BY_ADDRESS = "players"  # guesses at passwords


class Proxy:
    """An ASGI app for the paths of the route table; `deadline` in seconds for one request to a service, `gateway_key`
    for sealing clients' addresses."""

    def __init__(
        self, upstreams: dict[str, Upstream], resolver: references.References, deadline: float, gateway_key: str
    ) -> None:
        self._upstreams, self._references, self._deadline = upstreams, resolver, deadline
        self._gateway_key = gateway_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send, *, service: str) -> None:
        is_change = scope["method"] not in READS
        try:
            answer = named(await self._forward(scope, await _body(receive), service), service, is_change=is_change)
        except CallFailed as failed:
            answer = problem_answer(not_answering(service, failed, is_change=is_change))
        except DomainError as error:
            answer = problem_answer(error)
        await answer(scope, receive, send)

    async def _forward(self, scope: Scope, body: bytes, service: str) -> Reply:
        headers = outgoing_headers(Headers(scope=scope))
        if service == _COUNTS_BY_ADDRESS:
            headers |= whence(self._gateway_key, scope.get("client"))
        method, upstream = scope["method"], self._upstreams[service]
        repeatable = method in READS or "idempotency-key" in headers

        async def send_it() -> Reply:
            return await upstream.call(
                method, _target(scope), headers=headers, body=body, deadline=self._deadline, repeatable=repeatable
            )

        reply = await send_it()
        unknown = references.named_in(reply)
        if unknown is None:
            return reply
        return await self._references.resolve(unknown, service, identity(headers), send_it)


def outgoing_headers(incoming: Headers) -> dict[str, str]:
    """The headers that a service gets: the ones it has a use for, this request's id and its trace."""
    headers = {name: incoming[name] for name in _REQUEST_HEADERS if name in incoming}
    headers["x-request-id"] = request_id.get() or ""
    traceparent = current_traceparent()
    if traceparent is not None:
        headers["traceparent"] = traceparent
    return headers


def whence(gateway_key: str, client: tuple[str, int] | None) -> dict[str, str]:
    """The header that tells the client's address, as the ASGI scope has it, so that a service believes it."""
    return {client_address.HEADER: client_address.sealed(gateway_key, client[0])} if client else {}


def identity(headers: dict[str, str]) -> dict[str, str]:
    """Of those, what says on whose behalf a service is asked."""
    return {name: headers[name] for name in ("authorization", "x-request-id", "traceparent") if name in headers}


def _target(scope: Scope) -> bytes:
    path: bytes = scope["raw_path"].partition(b"?")[0].removeprefix(API.encode())
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


async def _body(receive: Receive) -> bytes:
    """The body, whose size the outermost layer has checked."""
    parts: list[bytes] = []
    more = True
    while more:
        message: Any = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
