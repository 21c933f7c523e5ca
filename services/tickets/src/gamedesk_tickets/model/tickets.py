"""The domain: tickets, their three states, and the timeline of what was done about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from gamedesk_tickets.errors import (
    MoveNotAllowed,
    ReasonRequired,
    ReopenWindowOver,
    SolutionRequired,
    TicketDone,
)

State = Literal["pending", "in_progress", "done"]
Priority = Literal["low", "normal", "high", "urgent"]
WaitingOn = Literal["none", "player", "tech", "product", "finance", "copywriting"]
Department = Literal["tech", "product", "finance", "copywriting"]
EntryKind = Literal[
    "created",
    "note",
    "reply",
    "consultation",
    "answer",
    "transition",
    "edit",
    "transfer",
    "incident_answer",
    "attachment",
    "erased",
]

Order = Literal["newest", "oldest", "due"]

STATES: tuple[State, ...] = ("pending", "in_progress", "done")
REOPEN_WINDOW = timedelta(days=7)
LATE_AFTER = timedelta(minutes=15)

_RECORDED_FIELDS = ("title", "detail", "solution", "category", "priority", "waiting_on", "assignee_agent_id")


@dataclass(frozen=True)
class Ticket:
    """One question of one player.

    `version` counts edits and moves: it is what If-Match compares. `revision` counts every change, appended
    entries too: it is the version of the events. `asked_at` and `first_replied_at` are times on WeChat, outside
    of this system; a reopening rewrites neither. `cycle`, the times when something is due and `paused_since` are
    those of the present cycle. `game_id`, `profile_id` and `server` are frozen when the ticket is recorded.
    `owner_agent_id` is the player's owner, from the copy, `player_erased` whether he was erased; None until it has
    come. The last four are read from the present cycle.
    """

    ticket_id: UUID
    number: int
    player_id: UUID
    state: State
    title: str | None
    detail: str
    solution: str | None
    category: str
    priority: Priority
    waiting_on: WaitingOn
    assignee_agent_id: str | None
    reopens_ticket_id: UUID | None
    created_by: str
    asked_at: datetime
    first_replied_at: datetime | None
    done_at: datetime | None
    version: int
    revision: int
    created_at: datetime
    updated_at: datetime
    form: dict[str, Any] = field(default_factory=dict)
    game_id: str | None = None
    profile_id: UUID | None = None
    server: str | None = None
    player_tier: str = "none"
    parent_ticket_id: UUID | None = None
    cycle: int = 1
    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    next_due_at: datetime | None = None
    paused_since: datetime | None = None
    owner_agent_id: str | None = None
    player_erased: bool | None = None
    rules_revision: int | None = None
    first_response_seconds: int | None = None
    resolution_seconds: int | None = None
    paused_seconds: int = 0

    @property
    def shown_number(self) -> str:
        return shown_number(self.number)

    @property
    def responsible_agent_id(self) -> str | None:
        """Work without an explicit assignee follows the player's owner."""
        return self.assignee_agent_id or self.owner_agent_id

    @property
    def asked_late(self) -> bool:
        """Recorded so long after it was asked that a figure built on it deserves a look."""
        return self.created_at - self.asked_at > LATE_AFTER

    def overdue(self, moment: datetime) -> Literal["first_response", "resolution"] | None:
        """The deadline that was missed and is still not met; the first response if it is both."""
        if self.next_due_at is None or moment <= self.next_due_at:
            return None
        unanswered = self.first_response_seconds is None and self.first_response_due_at is not None
        if unanswered and self.first_response_due_at and self.first_response_due_at < moment:
            return "first_response"
        return "resolution"


def shown_number(number: int) -> str:
    """What people say and type: T-000123."""
    return f"T-{number:06d}"


@dataclass(frozen=True)
class Children:
    """How many tickets of one incident there are."""

    open: int
    done: int


@dataclass(frozen=True)
class Change:
    """A field of a ticket before and after."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Entry:
    """A line of a ticket's timeline, never changed. `position` is its place: the order of recording."""

    entry_id: UUID
    ticket_id: UUID
    kind: EntryKind
    text: str | None
    agent_id: str
    happened_at: datetime
    recorded_at: datetime
    department: Department | None = None
    consultation_entry_id: UUID | None = None
    from_state: State | None = None
    to_state: State | None = None
    changes: tuple[Change, ...] = ()
    position: int = 0

    @property
    def late_recorded(self) -> bool:
        """Recorded so long after it happened that a figure built on it deserves a look."""
        return self.recorded_at - self.happened_at > LATE_AFTER


@dataclass(frozen=True)
class NewTicket:
    """What is recorded of a question. `priority`: None for that of the category."""

    player_id: UUID
    detail: str
    asked_at: datetime
    title: str | None = None
    category: str = "other"
    priority: Priority | None = None
    assignee_agent_id: str | None = None
    reopens_ticket_id: UUID | None = None
    despite_open_ticket: bool = False
    form: dict[str, Any] = field(default_factory=dict)
    game_id: str | None = None
    profile_id: UUID | None = None


@dataclass(frozen=True)
class NewEntry:
    """What an agent appends. `happened_at`: when it took place on WeChat; None for now."""

    kind: EntryKind
    text: str
    happened_at: datetime | None = None
    department: Department | None = None
    consultation_entry_id: UUID | None = None
    set_waiting: bool | None = None


@dataclass(frozen=True)
class Wanted:
    """What a list of tickets is narrowed to, and its order.

    `responsible`: assigned to him, or unassigned and of his players. `overdue_at`: with a deadline missed by that
    moment and still not met. `asked_from` ≤ time of asking < `asked_before`; with either, newest and oldest are by
    the time of asking, else by that of recording. Due: only what is not done, the earliest deadline first, what has
    none (waiting for the player) last.
    """

    player_ids: tuple[UUID, ...] = ()
    states: tuple[State, ...] = ()
    assignee: str | None = None
    responsible: str | None = None
    waiting_on: WaitingOn | None = None
    number: int | None = None
    category: str | None = None
    priority: Priority | None = None
    game: str | None = None
    server: str | None = None
    tier: str | None = None
    parent: UUID | None = None
    overdue_at: datetime | None = None
    asked_from: datetime | None = None
    asked_before: datetime | None = None
    order: Order = "newest"


@dataclass(frozen=True)
class Move:
    """What moving a ticket from one state to another asks for, and does to its assignee."""

    needs_solution: bool = False
    needs_reason: bool = False
    within: timedelta | None = None
    assignee: Literal["kept", "caller_if_none", "nobody"] = "kept"


MOVES: dict[tuple[State, State], Move] = {
    ("pending", "in_progress"): Move(assignee="caller_if_none"),
    ("pending", "done"): Move(assignee="caller_if_none", needs_solution=True),
    ("in_progress", "pending"): Move(assignee="nobody"),
    ("in_progress", "done"): Move(assignee="caller_if_none", needs_solution=True),
    ("done", "in_progress"): Move(assignee="caller_if_none", needs_reason=True, within=REOPEN_WINDOW),
}
"""The state machine (R10): what is not named here cannot be done."""


def moved(
    ticket: Ticket, to: State, caller_id: str, moment: datetime, *, solution: str | None, reason: str | None
) -> Ticket:
    """The ticket in state `to`, with `solution` if one is given.

    Raises MoveNotAllowed, SolutionRequired, ReasonRequired, ReopenWindowOver.
    """
    move = MOVES.get((ticket.state, to))
    if move is None:
        raise MoveNotAllowed(f"From {ticket.state} it may go to: {', '.join(_ways_from(ticket.state))}.", pointer="/to")
    if move.within and ticket.done_at and moment - ticket.done_at > move.within:
        raise ReopenWindowOver(
            f"It was done more than {move.within.days} days ago: make a new ticket with this one's id as "
            "reopens_ticket_id.",
            pointer="/to",
        )
    if move.needs_reason and not reason:
        raise ReasonRequired("Say why it is opened again.", pointer="/reason")
    solution = solution or ticket.solution
    if move.needs_solution and not solution:
        raise SolutionRequired("Say what solved it.", pointer="/solution")
    assignees = {"kept": ticket.assignee_agent_id, "caller_if_none": ticket.assignee_agent_id or caller_id}
    is_done = to == "done"
    return replace(
        ticket,
        state=to,
        solution=solution,
        assignee_agent_id=assignees.get(move.assignee),
        done_at=moment if is_done else None,
        waiting_on="none" if is_done else ticket.waiting_on,
    )


def _ways_from(state: State) -> list[State]:
    return [to for origin, to in MOVES if origin == state]


def edited(ticket: Ticket, changes: dict[str, Any]) -> Ticket:
    """The ticket with `changes` (fields of Ticket). Raises SolutionRequired, TicketDone."""
    if ticket.state == "done" and "solution" in changes and not changes["solution"]:
        raise SolutionRequired("A done ticket keeps its solution.", pointer="/solution")
    if "waiting_on" in changes:
        ticket = waiting(ticket, changes["waiting_on"], pointer="/waiting_on")
    return replace(ticket, **changes)


def waiting(ticket: Ticket, waiting_on: WaitingOn, *, pointer: str) -> Ticket:
    """The ticket waiting on somebody, or on nobody; a done one waits for nothing (TicketDone)."""
    if ticket.state == "done" and waiting_on != "none":
        raise TicketDone("Open it again first.", pointer=pointer)
    return replace(ticket, waiting_on=waiting_on)


def with_entry(ticket: Ticket, new: NewEntry, *, more_to_come: bool = False) -> Ticket:
    """The ticket after `new` was appended to its timeline.

    A consultation makes the ticket wait for its department; that department's answer ends the waiting, unless there
    are `more_to_come`. What a reply means for the clocks is their matter (`model.clocks`). Raises TicketDone.
    """
    if new.kind == "consultation" and new.department and new.set_waiting is not False:
        return waiting(ticket, new.department, pointer="/set_waiting")
    if new.kind == "answer" and new.department == ticket.waiting_on and not more_to_come:
        return replace(ticket, waiting_on="none")
    return ticket


def changes_between(before: Ticket, after: Ticket) -> tuple[Change, ...]:
    """What the timeline keeps of an edit: nothing that somebody wrote is ever lost (R13)."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in _RECORDED_FIELDS)
    return (
        *(Change(name, old, new) for name, old, new in pairs if old != new),
        *_changed_answers(before.form, after.form),
    )


def _changed_answers(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return tuple(Change(f"form.{key}", _text(before.get(key)), _text(after.get(key))) for key in keys)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
