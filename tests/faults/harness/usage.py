"""Memory and open files of every process, while it is under load."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Self

Usage = Mapping[str, tuple[int, int]]  # process → resident bytes, open files
EVERY = 10.0  # seconds
ALLOWED = 0.05  # growth of all our programs together
ALLOWED_OF_ONE = 0.10  # of each: what one leaks is little beside all of them
A_FEW_FILES = 5  # come and go
OURS = ("-web-", "-worker-", "gateway-")
TOGETHER = "**our programs**"
_MEASURED = 60.0  # seconds at the beginning, after warming up, and at the end that are compared
_MB = 1024 * 1024


@dataclass
class Sampler:
    """Takes a sample from `measure` every so many seconds, in a thread, until it is left."""

    measure: Callable[[], Usage]
    every: float = EVERY
    samples: list[tuple[float, Usage]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self.samples.append((time.monotonic(), self.measure()))
            if self._stop.wait(self.every):
                return


@dataclass(frozen=True)
class Growth:
    """A process, or all of them: medians of resident bytes and open files, after warming up and at the end."""

    name: str
    resident: tuple[float, float]
    files: tuple[float, float]

    @property
    def of_memory(self) -> float:
        return self.resident[1] / self.resident[0] - 1

    @property
    def of_files(self) -> float:
        return self.files[1] / self.files[0] - 1


def growth(samples: list[tuple[float, Usage]], warm_up: float) -> list[Growth]:
    """How much each process grew after `warm_up` seconds, and last all programs of ours together.

    Those are without the servers: PostgreSQL's memory is a cache of what is stored, counted once for each connection.

    Raises:
        ValueError: there are no samples left to compare.
    """
    if not samples:
        raise ValueError("no sample was taken")
    begin, end = samples[0][0] + warm_up, samples[-1][0]
    first = [usage for at, usage in samples if begin <= at <= begin + _MEASURED]
    last = [usage for at, usage in samples if at >= max(begin, end - _MEASURED)]
    if not first or not last:
        raise ValueError(f"it ran for {end - samples[0][0]:.0f} s, which is less than warming up takes")
    rows = [_compared(name, *([u[name] for u in part if name in u] for part in (first, last))) for name in first[0]]
    return [*rows, _compared(TOGETHER, [_total(u) for u in first], [_total(u) for u in last])]


def too_much(rows: list[Growth]) -> list[str]:
    """A sentence for each of our programs, and for all together, that grew by more than is allowed."""
    found = []
    for row in rows:
        allowed = ALLOWED if row.name == TOGETHER else ALLOWED_OF_ONE
        files = row.files[1] - row.files[0] > A_FEW_FILES and row.of_files > allowed
        if (row.name == TOGETHER or _is_ours(row.name)) and (row.of_memory > allowed or files):
            found.append(f"{row.name}: {row.of_memory:+.1%} memory, {row.of_files:+.1%} open files")
    return found


def table(rows: list[Growth]) -> str:
    """The rows as a table in Markdown."""
    lines = [
        "| process | RSS after warm-up | RSS at the end | | open files | at the end |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        memory = f"{row.resident[0] / _MB:.0f} MB | {row.resident[1] / _MB:.0f} MB | {row.of_memory:+.1%}"
        lines.append(f"| {row.name} | {memory} | {row.files[0]:.0f} | {row.files[1]:.0f} |")
    return "\n".join(lines) + "\n"


def _compared(name: str, first: list[tuple[int, int]], last: list[tuple[int, int]]) -> Growth:
    def medians(place: int) -> tuple[float, float]:
        return median(each[place] for each in first), median(each[place] for each in last)

    return Growth(name, medians(0), medians(1))


def _total(usage: Usage) -> tuple[int, int]:
    ours = [used for name, used in usage.items() if _is_ours(name)]
    return sum(resident for resident, _ in ours), sum(files for _, files in ours)


def _is_ours(name: str) -> bool:
    return any(part in name for part in OURS)
