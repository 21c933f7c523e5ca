"""W3C trace context: one `traceparent` follows a fact from the request through its event into every consumer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "traceparent"

_SHAPE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_current: ContextVar[str | None] = ContextVar("gamedesk_traceparent", default=None)

# The id that people quote when they report a problem; in the answer, the problem document and every log line.
request_id: ContextVar[str | None] = ContextVar("gamedesk_request_id", default=None)


def is_traceparent(value: str | None) -> bool:
    """Whether `value` is a version 00 traceparent with non-zero ids."""
    return value is not None and _SHAPE.fullmatch(value) is not None


def new_traceparent(parent: str | None = None) -> str:
    """A new span: in the trace of `parent` if that is a valid traceparent, else in a new, sampled trace."""
    match = _SHAPE.fullmatch(parent) if parent else None
    trace_id, flags = (match[1], match[3]) if match else (secrets.token_hex(16), "01")
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hex digits that all spans of one trace share, or None."""
    match = _SHAPE.fullmatch(traceparent) if traceparent else None
    return match[1] if match else None


def current_traceparent() -> str | None:
    """The traceparent of the request or event being worked on, or None outside of one."""
    return _current.get()


def set_traceparent(value: str | None) -> None:
    """Make `value` current for the rest of this task or thread; anything malformed counts as None."""
    _current.set(value if is_traceparent(value) else None)


@contextmanager
def traced(parent: str | None) -> Iterator[str]:
    """Work in a new span under `parent` (or a new trace) for the length of the block."""
    span = new_traceparent(parent)
    token = _current.set(span)
    try:
        yield span
    finally:
        _current.reset(token)
