"""Outgoing HTTP: how clients are made, and calls that end when their deadline does.

httpx limits each phase and each read, not the whole call, and a cancelled call can spoil its pool; so nothing here is
ever cancelled: a deadline is kept by looking at the clock between chunks (`call` says what that leaves open).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import httpx
import orjson


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


def sync_client(base_url: str, *, headers: dict[str, str] | None = None, connections: int = 16) -> httpx.Client:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=30)
    return httpx.Client(base_url=base_url, headers=headers, limits=limits, timeout=httpx.Timeout(2.0), trust_env=False)


def call(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    deadline: float = 5.0,
    limit: int = 4 * 1024 * 1024,
    **options: Any,
) -> Reply:
    """One call of at most `limit` bytes, within `deadline` seconds as far as httpx lets it be.

    Waiting for a connection of the pool, connecting, and each single read or write end at the deadline or after 3 s,
    and the body as a whole ends within one read after the deadline. Not covered is another side that stays just
    short of every timeout: one that is slow in each phase before the body, or drips its headers byte by byte.
    Answers of 5xx and 429 raise CallFailed("status"); other statuses are the caller's to judge.
    """
    ends = time.monotonic() + deadline
    try:
        with client.stream(method, url, timeout=min(deadline, 3.0), **options) as response:
            if time.monotonic() > ends:
                raise CallFailed("timeout")
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    raise CallFailed("body", response.status_code)
                if time.monotonic() > ends:
                    raise CallFailed("timeout")
            if response.status_code >= 500 or response.status_code == 429:
                raise CallFailed("status", response.status_code, seconds(response.headers.get("retry-after")))
            return Reply(response.status_code, response.headers, bytes(body))
    except httpx.TimeoutException:
        raise CallFailed("timeout") from None
    except httpx.HTTPError:
        raise CallFailed("connection") from None


def seconds(value: str | None) -> float | None:
    """A Retry-After in seconds; None for a date, or nothing."""
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
