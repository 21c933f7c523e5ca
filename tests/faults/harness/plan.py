"""A plan of faults: made from a seed, printed as text, read from text, carried out on a cluster."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from tests.faults.harness.cluster import Cluster
from tests.faults.harness.faults import KINDS, Undo

REST = (1.0, 4.0)  # seconds between the beginnings of two faults that may be there at once
_LATE = 2.0  # seconds; faults come one after the other, and some take a while to be laid or undone
AT_ONCE = 0.35  # how often the next fault comes before the last one is over


@dataclass(frozen=True)
class Step:
    """One fault: when it begins, what it is, whom it harms, how long it lasts (in seconds)."""

    at: float
    kind: str
    target: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.at:7.1f} s  {self.kind}  {self.target}  for {self.seconds:.1f} s"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The inverse of `str`. Raises ValueError, KeyError for a kind or target that there is not."""
        at, _, kind, target, _, seconds, _ = line.split()
        if target not in KINDS[kind].targets:
            raise KeyError(target)
        return cls(float(at), kind, target, float(seconds))


def make(seed: int, seconds: float, kinds: Iterable[str] | None = None) -> list[Step]:
    """The faults of `seconds`, from a seed and nothing else.

    Every kind comes once before one comes twice. Kinds that this machine lacks something for are planned all the
    same, and passed over, loudly, when their time comes: the plan must not depend on the machine.

    Args:
        kinds: names of those to choose from; None: all.
    """
    names = sorted(name for name in (KINDS if kinds is None else set(kinds)) if KINDS[name].seconds[0] + 2 <= seconds)
    rng = random.Random(seed)
    steps: list[Step] = []
    waiting: list[str] = []
    at = 1.0
    while names:
        if not waiting:
            waiting = rng.sample(names, len(names))
        kind = KINDS[waiting.pop()]
        target, lasts = rng.choice(kind.targets), max(0.1, round(rng.uniform(*kind.seconds), 1))
        overlaps = rng.random() < AT_ONCE
        before = [step.at + step.seconds for step in steps if not overlaps or KINDS[step.kind].part == kind.part]
        at = round(max([at + rng.uniform(*REST), *(over + 1.0 for over in before)]), 1)
        if at + lasts > seconds:
            break
        steps.append(Step(at, kind.name, target, lasts))
    return steps


def to_text(steps: Sequence[Step]) -> str:
    """One line for each step."""
    return "".join(f"{step}\n" for step in steps)


def from_text(text: str) -> list[Step]:
    """The steps that `to_text` printed; the trial's line above them ("seed …") may be there."""
    return [Step.parse(line) for line in text.splitlines() if line.strip() and not line.startswith("seed ")]


class Campaign:
    """A plan that is carried out in a thread of its own: `start`, then `finish`.

    Attributes:
        done: the steps that were carried out.
        bit: those of them that did something to the product, as far as their undoing can tell.
        passed_over: those that could not be, with the reason.
    """

    def __init__(self, cluster: Cluster, steps: Sequence[Step], say: Callable[[str], None] = lambda _: None) -> None:
        self._cluster, self._steps, self._say = cluster, list(steps), say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)
        self._started = 0.0
        self.done: list[Step] = []
        self.bit: list[Step] = []
        self.passed_over: list[tuple[Step, str]] = []
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin; the times of the steps count from now."""
        self._started = time.monotonic()
        self._thread.start()

    def finish(self, *, early: bool = False) -> None:
        """Wait for the last step to be undone (`early`: undo at once what is there). Raises what went wrong."""
        if early:
            self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        moments: list[tuple[float, int, Step]] = []
        for number, step in enumerate(self._steps):
            moments += [(step.at, number, step), (step.at + step.seconds, number, step)]
        undo: dict[int, Undo] = {}
        try:
            for moment, number, step in sorted(moments, key=lambda each: (each[0], each[1])):
                self._stop.wait(max(0.0, self._started + moment - time.monotonic()))
                if number in undo:
                    if undo.pop(number)():
                        self.bit.append(step)
                elif moment == step.at and not self._stop.is_set():
                    self._begin(number, step, undo)
        except BaseException as failure:
            self._failure = failure

    def _begin(self, number: int, step: Step, undo: dict[int, Undo]) -> None:
        kind = KINDS[step.kind]
        missing = kind.missing()
        if missing:
            self.passed_over.append((step, missing))
            self._say(f"PASSED OVER: {step}: {missing}")
            return
        late = time.monotonic() - self._started - step.at
        self._say(f"{step}: {kind.does}" + (f" ({late:.0f} s late)" if late > _LATE else ""))
        undo[number] = kind.inject(self._cluster, step.target)
        self.done.append(step)
