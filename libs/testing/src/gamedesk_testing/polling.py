"""Waiting for a condition instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], within: float = 30.0, every: float = 0.02) -> T:
    """Ask `condition` until it holds, and return what it said.

    It holds when it returns something true; an AssertionError in it counts as "not yet".

    Args:
        condition: called again and again; anything else it raises ends the wait.
        within: seconds before giving up.
        every: seconds between two tries.

    Raises:
        AssertionError: it did not hold in time; its own last AssertionError when there was one.
    """
    deadline = time.monotonic() + within
    while True:
        answer: object = None
        refusal: AssertionError | None = None
        try:
            held = condition()
            if held:
                return held
            answer = held
        except AssertionError as error:
            refusal = error
        if time.monotonic() >= deadline:
            message = f"not true within {within} s; the last answer was {answer!r}"
            raise refusal or AssertionError(message)
        time.sleep(every)
