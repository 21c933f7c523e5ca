"""Health and metrics, answered outside of everything that may be busy: /health/live, /health/ready, /metrics."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

# Raises if the thing it looks at is not well. Coroutine functions are awaited, plain ones called in a thread.
Check = Callable[[], object]

_CHECK_SECONDS = 2.0


class Pulse:
    """When a loop last got through a turn."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._last


class HealthApp:
    """An ASGI application. `live` failing means: restart me; `ready` failing: send me nothing for now.

    Answers 200 {"status": "ok"}, or 503 {"status": "failing", "failing": {check: reason}}.
    """

    PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})

    def __init__(self, ready: Mapping[str, Check] | None = None, *, live: Mapping[str, Check] | None = None) -> None:
        self._checks = {"/health/live": dict(live or {}), "/health/ready": dict(ready or {})}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, b'{"status":"method not allowed"}')
        elif path == "/metrics":
            await _answer(send, 200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        elif path in self._checks:
            failing = await _failing(self._checks[path])
            body = {"status": "failing", "failing": failing} if failing else {"status": "ok"}
            await _answer(send, 503 if failing else 200, orjson.dumps(body))
        else:
            await _answer(send, 404, b'{"status":"not found"}')


async def _failing(checks: Mapping[str, Check]) -> dict[str, str]:
    reasons = await asyncio.gather(*(_reason(check) for check in checks.values()))
    return {name: reason for name, reason in zip(checks, reasons, strict=True) if reason is not None}


async def _reason(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await (check() if inspect.iscoroutinefunction(check) else asyncio.to_thread(check))
    except TimeoutError:
        return "timeout"
    except Exception as error:
        return type(error).__name__
    return None


async def _answer(send: Any, status: int, body: bytes, content_type: str = "application/json") -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*headers, (b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": body})
