"""The domain: how fast the desk answers and solves (B6). docs/kpi.md says the same in words for those who read figures.

What is counted is a cycle of a ticket: from the question, or from a reopening, until it is done. Days are those of
Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_chassis.errors import InvalidInput

from gamedesk_tickets.model.days import midnight

Grouping = Literal["none", "day", "agent", "team", "category"]
Clock = Literal["working", "elapsed"]
FigureName = Literal[
    "opened",
    "first_response",
    "first_response_missed",
    "resolution",
    "resolution_missed",
    "backlog",
    "backlog_overdue",
    "reopened",
]

MOST_DAYS = 92


@dataclass(frozen=True)
class Period:
    """Whole days of Asia/Shanghai, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def ends_of_days(self, moment: datetime) -> list[datetime]:
        """When each day that has begun by `moment` ended; `moment` itself for one that has not."""
        midnights = [midnight(day) for day in self.days]
        return [min(midnight + timedelta(days=1), moment) for midnight in midnights if midnight < moment]


def period(first: date, last: date) -> Period:
    """Raises InvalidInput for a period that ends before it begins, or is too long."""
    if last < first:
        raise InvalidInput("The last day lies before the first.", pointer="/query/to")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput(f"Ask for at most {MOST_DAYS} days at once.", pointer="/query/to")
    return Period(first, last)


@dataclass(frozen=True)
class Asked:
    """Which cycles a question about figures is about. `moment`: now, the same for all figures of an answer.

    `agent` and `team`: those who are credited with a figure, each figure by its own rule (see `Figures`).
    """

    period: Period
    moment: datetime
    clock: Clock = "working"
    agent: str | None = None
    team: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Speed:
    """How soon something happened in a cohort of cycles.

    `count` of them have it behind them; `median_seconds` and `p90_seconds` are times of theirs that occurred (nearest
    rank), None if there are none. `met` were in time; `missed` were late, or are overdue and still waiting; `open`
    wait and are not overdue.
    """

    count: int = 0
    median_seconds: int | None = None
    p90_seconds: int | None = None
    met: int = 0
    missed: int = 0
    open: int = 0


@dataclass(frozen=True)
class FirstResponse(Speed):
    """`late_recorded`: of `count`, how many were recorded long after they happened (`model.tickets.LATE_AFTER`)."""

    late_recorded: int = 0


@dataclass(frozen=True)
class Figures:
    """The figures of a period.

    - `opened`: cycles opened in it. They are the cohort of `first_response`, credited to who answered first; without
      an answer, to who closed the cycle or is responsible for the ticket now.
    - `done`: cycles done in it. They are the cohort of `resolution`, credited to who closed them. Those that are not
      done have no such day: they count with the day on which they were opened, as missed or open, and are credited to
      who is responsible now.
    - `reopened`: of the done, how many were opened again since; credited like them.
    - `backlog`: cycles not done at the end of the period (of the day, by days), or now if that has not come yet;
      `backlog_overdue`: of them, how many had missed a deadline that was still not met. Credited to who closed them
      since, or is responsible now.
    """

    opened: int = 0
    first_response: FirstResponse = field(default_factory=FirstResponse)
    done: int = 0
    resolution: Speed = field(default_factory=Speed)
    reopened: int = 0
    backlog: int = 0
    backlog_overdue: int = 0

    @property
    def reopen_rate_bp(self) -> int | None:
        """Reopened of done, in 1/10000, rounded half up."""
        return (20_000 * self.reopened + self.done) // (2 * self.done) if self.done else None


@dataclass(frozen=True)
class Group:
    """Figures of a day (ISO date), agent, team or category; `key` is None where none is known."""

    key: str | None
    figures: Figures


@dataclass(frozen=True)
class Report:
    total: Figures
    groups: Sequence[Group]


@dataclass(frozen=True)
class CountedTicket:
    """A cycle behind a figure. `moment` puts it into its cohort; `seconds` and `due_at` are those of the figure.

    `asked_late`: the question, `late_recorded`: the first response was recorded long after it happened.
    """

    ticket_id: UUID
    number: int
    player_id: UUID
    title: str | None
    category: str
    priority: str
    cycle: int
    agent: str | None
    team: str | None
    opened_at: datetime
    first_replied_at: datetime | None
    done_at: datetime | None
    moment: datetime
    seconds: int | None
    due_at: datetime | None
    missed: bool
    asked_late: bool
    late_recorded: bool

    @property
    def shown_number(self) -> str:
        return f"T-{self.number:06d}"
