"""Connections to one service, whose calls end at a moment, whatever the other side does.

The moment is kept where bytes are read and written: each read is given what is left until then, so neither dripping
headers nor a dripping body outlive it, and nothing is ever cancelled, which would spoil the pool. A connection whose
call did not end well is closed.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

import httpcore
import httpx
from gamedesk_chassis.deadlines import HEADER
from gamedesk_chassis.http_client import CallFailed, Reply

_CONNECT_SECONDS = 1.0
_KEPT_SECONDS = 30.0  # less than the services keep an idle connection
_ANSWER_LIMIT = 16 * 1024 * 1024
_WITH_LENGTH = ("POST", "PUT", "PATCH")
_BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)


class NotSent(CallFailed):
    """Nothing of the request has left: it was certainly not done."""


class Broken(CallFailed):
    """The connection broke after something had left; the request may have been done."""

    def __init__(self) -> None:
        super().__init__("connection")


@dataclass
class Outgoing:
    """A request as it leaves; `target` is path and query as they stand in a request line."""

    method: str
    target: bytes
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass
class _Call:
    """The one under way in this task: when it ends (monotonic), and whether any of it may have left."""

    ends: float
    sent: bool = False

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()


_current: ContextVar[_Call] = ContextVar("gamedesk_call")


class Connections:
    """Up to `size` at a time of each kind: kept ones, and new ones for a single request."""

    def __init__(self, base_url: str, size: int) -> None:
        url = httpcore.URL(base_url)
        self._scheme, self._host, self._port = url.scheme, url.host, url.port
        self._authority = url.host + (b":%d" % url.port if url.port else b"")
        network = _Network()
        self._kept = httpcore.AsyncConnectionPool(
            max_connections=size,
            max_keepalive_connections=size,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=network,
        )
        self._single = httpcore.AsyncConnectionPool(
            max_connections=size, max_keepalive_connections=0, network_backend=network
        )

    async def send(self, request: Outgoing, ends: float, *, kept: bool) -> Reply:
        """The answer, whatever its status. Raises CallFailed, NotSent or Broken at `ends` (monotonic) at the latest.

        `kept`: on a connection that was used before, if there is one. The other side may be closing that at this very
        moment, and nobody could tell whether it still read the request: not for one that must not be repeated.
        """
        call = _Call(ends)
        token = _current.set(call)
        try:
            return await self._exchange(self._kept if kept else self._single, request, call)
        except httpcore.TimeoutException:
            raise (CallFailed if call.sent else NotSent)("timeout") from None
        except _BROKEN:
            raise (Broken() if call.sent else NotSent("connection")) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise NotSent("connection") from None
        finally:
            _current.reset(token)

    async def _exchange(self, pool: httpcore.AsyncConnectionPool, request: Outgoing, call: _Call) -> Reply:
        response = await pool.handle_async_request(self._prepared(request, call.left))
        try:
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > _ANSWER_LIMIT:
                    raise CallFailed("body", response.status)
        finally:
            await response.aclose()
        return Reply(response.status, httpx.Headers(response.headers), bytes(body))

    def _prepared(self, request: Outgoing, left: float) -> httpcore.Request:
        if left <= 0:
            raise NotSent("timeout")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
        headers += [
            (b"host", self._authority),
            (b"accept", b"*/*"),
            (b"accept-encoding", b"identity"),
            (HEADER.encode(), b"%d" % (left * 1000)),
        ]
        if request.body or request.method in _WITH_LENGTH:
            headers.append((b"content-length", b"%d" % len(request.body or b"")))
        url = httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=request.target)
        extensions = {"timeout": {"pool": left}}
        return httpcore.Request(
            request.method, url, headers=headers, content=request.body or b"", extensions=extensions
        )

    async def aclose(self) -> None:
        await self._kept.aclose()
        await self._single.aclose()


class _Network(httpcore.AsyncNetworkBackend):
    """The library's own network, whose streams end with the call."""

    def __init__(self) -> None:
        self._network = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = _left(httpcore.ConnectTimeout, _CONNECT_SECONDS)
        return _Stream(await self._network.connect_tcp(host, port, left, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, _left(httpcore.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        left = _left(httpcore.WriteTimeout)
        _current.get().sent = True
        await self._stream.write(buffer, left)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        left = _left(httpcore.ConnectTimeout, _CONNECT_SECONDS)
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(over: type[httpcore.TimeoutException], at_most: float = float("inf")) -> float:
    left = min(_current.get().left, at_most)
    if left <= 0:
        raise over
    return left
