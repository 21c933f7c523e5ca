"""Outgoing HTTP: how clients are made, and calls that end when their deadline does.

httpx limits each phase and each read, not the whole call, and a cancelled call can spoil its pool; so nothing here is
ever cancelled: what is read and written is given no more time than the call has left.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
import orjson

_PHASE_SECONDS = 3.0  # at most, for connecting and for each single read or write
_ends: ContextVar[float] = ContextVar("gamedesk_call_ends", default=float("inf"))


class CallFailed(Exception):
    """The other side did not give a usable answer. `reason`: timeout, connection, status, body."""

    def __init__(self, reason: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"{reason} {status or ''}".strip())
        self.reason, self.status, self.retry_after = reason, status, retry_after


@dataclass(frozen=True)
class Reply:
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        """The parsed body; CallFailed("body") if it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise CallFailed("body", self.status) from None

    def failure(self) -> CallFailed:
        """The answer as none, by its status, with how long it asks to wait."""
        return CallFailed("status", self.status, seconds(self.headers.get("retry-after")))


def sync_client(base_url: str, *, headers: dict[str, str] | None = None, connections: int = 16) -> httpx.Client:
    """A client whose calls end in time when they are made by `call`."""
    return httpx.Client(base_url=base_url, headers=headers, transport=_Transport(connections), trust_env=False)


def call(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    deadline: float = 5.0,
    limit: int = 4 * 1024 * 1024,
    **options: Any,
) -> Reply:
    """One call of at most `limit` bytes, which ends within `deadline` seconds, whatever drips, and whose connecting and
    single reads and writes end after 3 s each.

    Answers of 5xx and 429 raise CallFailed("status"); other statuses are the caller's to judge.
    """
    token = _ends.set(time.monotonic() + deadline)
    try:
        with client.stream(method, url, timeout=min(deadline, _PHASE_SECONDS), **options) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    raise CallFailed("body", response.status_code)
            if response.status_code >= 500 or response.status_code == 429:
                raise CallFailed("status", response.status_code, seconds(response.headers.get("retry-after")))
            return Reply(response.status_code, response.headers, bytes(body))
    except httpx.TimeoutException:
        raise CallFailed("timeout") from None
    except httpx.HTTPError:
        raise CallFailed("connection") from None
    finally:
        _ends.reset(token)


def seconds(value: str | None) -> float | None:
    """A Retry-After in seconds; None for a date, or nothing."""
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None


class _Transport(httpx.HTTPTransport):
    """httpx's own, on a network of ours. httpx has no parameter for that, so its pool is replaced; a test sees to it
    that this takes effect."""

    def __init__(self, connections: int) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30,
            network_backend=_Network(),
        )


class _Network(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._network: httpcore.NetworkBackend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, left, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(at_most: float | None, over: type[httpcore.TimeoutException]) -> float | None:
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise over
    return min(left, _PHASE_SECONDS if at_most is None else at_most)
