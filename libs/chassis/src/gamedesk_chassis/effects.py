"""Whether a request has changed something, so that a refusal of it says no less and no more."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

NOT_DONE, UNKNOWN = "not-done", "unknown"
# What a problem document says of each to people.
SAID = {
    NOT_DONE: "Nothing was changed.",
    UNKNOWN: "It may have been done all the same: repeat it with the same Idempotency-Key, or look before.",
}


@dataclass
class _Effects:
    is_change: bool
    may_be_there: bool = False


# The same object for every thread that works for the request.
_of_request: ContextVar[_Effects | None] = ContextVar("gamedesk_effects", default=None)


def begin(method: str) -> None:
    """A request begins, which has changed nothing yet."""
    _of_request.set(_Effects(method not in ("GET", "HEAD", "OPTIONS")))


def note() -> None:
    """What it wrote is about to be committed."""
    effects = _of_request.get()
    if effects is not None:
        effects.may_be_there = True


def outcome() -> str | None:
    """Of a request that failed: `not-done`, or `unknown` when a part may be done. None of one that changes nothing."""
    effects = _of_request.get()
    if effects is None or not effects.is_change:
        return None
    return UNKNOWN if effects.may_be_there else NOT_DONE
