"""One request has one deadline, and every call made for it ends before that, however many follow each other.

It begins when the request's body is there. Exports, which page through whole lists, and streams have none: each of
their calls has its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

from gamedesk_gateway.routes import API

_ends: ContextVar[float | None] = ContextVar("gamedesk_request_ends", default=None)
_WITHOUT = (f"{API}/exports/", f"{API}/live")
_HOME = f"{API}/home"


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Work for one request, for the length of the block; None: without a deadline."""
    token = _ends.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def seconds_left(at_most: float) -> float:
    """What is left of the request's deadline, never below 0; `at_most` if that is more, or if there is none."""
    ends = _ends.get()
    return at_most if ends is None else max(0.0, min(at_most, ends - time.monotonic()))


class Deadlines:
    """An ASGI layer that sets them: `home` seconds for the home page, `call` seconds for everything else."""

    def __init__(self, app: ASGIApp, *, home: float, call: float) -> None:
        self._app, self._home, self._call = app, home, call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with within(self._seconds(scope["path"])):
            await self._app(scope, receive, send)

    def _seconds(self, path: str) -> float | None:
        if path.startswith(_WITHOUT):
            return None
        return self._home if path == _HOME or path.startswith(f"{_HOME}/") else self._call
