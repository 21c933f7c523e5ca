"""What every part of seeding does: ask once, and wait for what comes by event."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from gamedesk_local.api import Desk, Refused
from gamedesk_local.errors import LocalError

# There already from an earlier run whose key has been forgotten; or made then for a day or an offer that is over now.
KNOWN_ALREADY = (
    "player-exists",
    "agent-exists",
    "idempotency-key-reused",
    "rule-clashes",
    "quote-exists",
    "transaction-exists",
    "refund-exists",
    "follow-up-not-possible",
    "pack-changed",
)
T = TypeVar("T")


def once(desk: Desk, path: str, body: dict[str, Any], key: str) -> dict[str, Any] | None:
    """What was made, or None when it is there already."""
    try:
        return desk.post(path, body, key)
    except Refused as refusal:
        if refusal.slug in KNOWN_ALREADY:
            return None
        raise


def found(desk: Desk, path: str) -> dict[str, Any] | None:
    """What is there, None while it is not."""
    try:
        return desk.get(path)
    except Refused as refusal:
        if refusal.status == httpx.codes.NOT_FOUND:
            return None
        raise


def eventually(read: Callable[[], T | None], what: str, within: float = 60.0) -> T:
    """What comes by itself. Raises LocalError if it does not come in time."""
    deadline = time.monotonic() + within
    while not (answer := read()):
        if time.monotonic() > deadline:
            raise LocalError(f"{what} did not arrive within {within:.0f} s.", "See: ./gamedesk status, .gamedesk/logs")
        time.sleep(0.2)
    return answer
