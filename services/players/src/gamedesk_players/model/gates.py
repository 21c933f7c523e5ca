"""The gate before a game: a rate that all workers keep together, and a circuit that opens when the game is down.

closed ──5 failures in a row, or 429──▶ open ──time is up──▶ probing ──an answer──▶ closed
                                          ▲                     │
                                          └─────a failure, twice as long
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

Circuit = Literal["closed", "open", "probing"]

FAILURES_TO_OPEN = 5
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)
_BURST_SECONDS = 0.5


@dataclass(frozen=True)
class Gate:
    """`tokens`: how many questions may begin at `refilled_at`; below 0 while some were asked in advance."""

    game_id: str
    tokens: float
    refilled_at: datetime
    failures: int = 0
    open_until: datetime | None = None
    probing_until: datetime | None = None
    last_answer_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_reason: str | None = None

    def circuit(self, moment: datetime) -> Circuit:
        if self.open_until is None:
            return "closed"
        return "open" if self.open_until > moment else "probing"

    def refilled(self, moment: datetime, per_second: float) -> Gate:
        """The tokens of the time that passed; what nobody took for half a second is gone."""
        passed = max(0.0, (moment - self.refilled_at).total_seconds())
        tokens = min(max(1.0, per_second * _BURST_SECONDS), self.tokens + passed * per_second)
        return replace(self, tokens=tokens, refilled_at=max(moment, self.refilled_at))

    def places(self, moment: datetime, concurrency: int, under_way: int) -> int:
        """How many questions may begin now, while `under_way` are."""
        circuit = self.circuit(moment)
        if circuit == "closed":
            return max(0, min(concurrency - under_way, int(self.tokens)))
        probed = self.probing_until is not None and self.probing_until > moment
        return 0 if circuit == "open" or probed or self.tokens < 1 else 1

    def taken(self, questions: int, probing_until: datetime) -> Gate:
        """After `questions` began; the first one through a gate that was open is its probe."""
        probe = probing_until if self.open_until is not None and questions else self.probing_until
        return replace(self, tokens=self.tokens - questions, probing_until=probe)

    def failed(self, moment: datetime, reason: str, pause: timedelta | None, *, at_once: bool) -> Gate:
        """After a question without an answer. `pause`: how long the game wants to be left alone; `at_once`: it asks
        for that now. What was under way when the circuit opened makes the pause no longer."""
        told = replace(self, last_failure_at=moment, last_reason=reason)
        if self.circuit(moment) == "open":
            return told
        failures = self.failures + 1
        if at_once:
            failures = max(failures, FAILURES_TO_OPEN)
        told = replace(told, failures=failures, probing_until=None)
        if failures < FAILURES_TO_OPEN:
            return told
        doubled = FIRST_PAUSE * 2 ** min(failures - FAILURES_TO_OPEN, 12)
        return replace(told, open_until=moment + min(max(doubled, pause or FIRST_PAUSE), LONGEST_PAUSE))
