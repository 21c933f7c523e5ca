"""What fails again and again is tried ever more rarely."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Pause:
    seconds: float
    ends: float


class Pauses:
    """A pause of `first` seconds after a failure, twice as long after each further one, of `longest` at most.

    They are known to this process alone: another begins anew. Of more than `kept` the oldest is forgotten.
    """

    def __init__(
        self,
        first: float = 4.0,
        longest: float = 300.0,
        kept: int = 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first, self._longest, self._kept, self._clock = first, longest, kept, clock
        self._pauses: OrderedDict[Hashable, _Pause] = OrderedDict()

    def holds(self, work: Hashable) -> bool:
        pause = self._pauses.get(work)
        return pause is not None and self._clock() < pause.ends

    def failed(self, work: Hashable) -> float:
        """Begin a pause; returns its seconds."""
        before = self._pauses.pop(work, None)
        seconds = min(before.seconds * 2, self._longest) if before else self._first
        self._pauses[work] = _Pause(seconds, self._clock() + seconds)
        if len(self._pauses) > self._kept:
            self._pauses.popitem(last=False)
        return seconds

    def done(self, work: Hashable) -> None:
        self._pauses.pop(work, None)
