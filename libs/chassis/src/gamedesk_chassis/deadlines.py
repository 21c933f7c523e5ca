"""How long the caller of this request still waits; what would come too late is not begun, or stopped.

A caller inside the product says it in `X-Timeout-Ms`, in milliseconds from when it sent the request. A request without
it, and work that is no request's, has no deadline.
"""

from __future__ import annotations

import re
import time
from contextvars import ContextVar

from gamedesk_chassis.errors import Unavailable

HEADER = "x-timeout-ms"

_MILLISECONDS = re.compile(r"[0-9]{1,7}")
_ends: ContextVar[float | None] = ContextVar("gamedesk_deadline", default=None)


class TooLate(Unavailable):
    slug = "too-late"
    title = "Whoever asked does not wait for this any more"


def begin(header: str | None) -> None:
    """Set the deadline of the request that begins; what is no number of milliseconds counts as none."""
    known = _MILLISECONDS.fullmatch(header or "")
    _ends.set(time.monotonic() + int(known[0]) / 1000 if known else None)


def seconds_left() -> float | None:
    """Until the deadline, negative after it; None without one."""
    ends = _ends.get()
    return None if ends is None else ends - time.monotonic()


def check() -> None:
    """Raise TooLate after the deadline."""
    left = seconds_left()
    if left is not None and left <= 0:
        raise TooLate
