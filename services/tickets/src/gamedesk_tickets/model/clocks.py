"""The domain: the clocks of a ticket. A cycle runs from the question, or from a reopening, until it is done.

Two clocks run in each cycle, in working time: until the first response, which nothing pauses, and until the
resolution, which waits while the ticket waits for the player.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gamedesk_tickets.model.service_rules import Rules
from gamedesk_tickets.model.tickets import Entry, Priority, Ticket


@dataclass(frozen=True)
class Credit:
    """Whose figure it is: the agent, and the team that he was in then (None if it was not known)."""

    agent_id: str
    team: str | None


@dataclass(frozen=True)
class Cycle:
    """A cycle of a ticket. All seconds are working seconds by the rules under which the cycle was opened.

    `opened_at` is the time of asking for the first cycle, of the reopening for others. Both deadlines stay as they are
    once met or missed; until then another priority moves them, and every pause that ends moves the resolution's, which
    means nothing while `paused_since` is set unless it was missed before. `paused_seconds` are those of the pauses that
    have ended, and taken off `resolution_seconds`. A voided cycle counts in no figure.

    Targets count from `opened_at`, whenever the priority is given, but no change of it makes a deadline that lies
    before the change: where the target is used up, it is due at the moment of the change. Nobody could keep that, so it
    is no deadline missed before the one that it replaced is over: until then, who gives back the old priority gives
    back its deadline. What a changed priority means for the resolution of a paused ticket is known when the pause ends.
    """

    ticket_id: UUID
    cycle: int
    opened_at: datetime
    first_response_due_at: datetime
    resolution_due_at: datetime
    rules_revision: int
    first_replied_at: datetime | None = None
    first_replied_by: str | None = None
    first_replied_team: str | None = None
    first_reply_late: bool = False
    done_at: datetime | None = None
    done_by: str | None = None
    done_team: str | None = None
    paused_seconds: int = 0
    paused_since: datetime | None = None
    first_response_seconds: int | None = None
    resolution_seconds: int | None = None
    reopened: bool = False
    voided: bool = False


def opened(ticket_id: UUID, cycle: int, opened_at: datetime, priority: Priority, rules: Rules) -> Cycle:
    """A cycle that begins, with its deadlines."""
    target = rules.targets[priority]
    return Cycle(
        ticket_id=ticket_id,
        cycle=cycle,
        opened_at=opened_at,
        first_response_due_at=rules.working_time.add(opened_at, target.first_response_seconds),
        resolution_due_at=rules.working_time.add(opened_at, target.resolution_seconds),
        rules_revision=rules.revision,
    )


def replied(cycle: Cycle, reply: Entry, credit: Credit, rules: Rules, *, overrides: bool = True) -> Cycle:
    """The player saw an answer: the earliest one is the first response, in whatever order they are recorded.

    Unless `overrides`, it is one only if there is none yet.
    """
    at = reply.happened_at
    if cycle.first_replied_at is not None and (cycle.first_replied_at <= at or not overrides):
        return cycle
    return replace(
        cycle,
        first_replied_at=at,
        first_replied_by=credit.agent_id,
        first_replied_team=credit.team,
        first_reply_late=reply.late_recorded,
        first_response_seconds=rules.working_time.seconds_between(cycle.opened_at, at),
    )


def changed(
    cycle: Cycle,
    before: Ticket,
    ticket: Ticket,
    at: datetime,
    credit: Credit,
    rules: Rules,
    replaced: Mapping[datetime, Priority],
) -> Cycle:
    """The running cycle of `ticket`, whose priority, state or waiting has become what it is at `at`.

    `replaced`: of the changes of priority that were made at a deadline of the cycle, when and which it was before. Only
    needed if `ticket` has another priority than it had `before`.
    """
    ran_until = cycle.paused_since or at
    if ticket.waiting_on == "player":
        cycle = replace(cycle, paused_since=cycle.paused_since or at)
    elif cycle.paused_since is not None:
        seconds = cycle.paused_seconds + rules.working_time.seconds_between(cycle.paused_since, at)
        cycle = replace(cycle, paused_since=None, paused_seconds=seconds)
    change = _Change(before.priority, ticket.priority, at, replaced)
    cycle = _with_deadlines(cycle, change, ran_until, rules)
    if ticket.state != "done":
        return cycle
    seconds = rules.working_time.seconds_between(cycle.opened_at, at) - cycle.paused_seconds
    return replace(cycle, done_at=at, done_by=credit.agent_id, done_team=credit.team, resolution_seconds=seconds)


@dataclass(frozen=True)
class _Change:
    before: Priority
    after: Priority
    at: datetime
    replaced: Mapping[datetime, Priority]


def _with_deadlines(cycle: Cycle, change: _Change, ran_until: datetime, rules: Rules) -> Cycle:
    """`ran_until`: until when the clock of the resolution had run before, the moment of the change unless paused."""

    def first_response_by(priority: Priority) -> datetime:
        return rules.working_time.add(cycle.opened_at, rules.targets[priority].first_response_seconds)

    def resolution_by(priority: Priority) -> datetime:
        seconds = rules.targets[priority].resolution_seconds + cycle.paused_seconds
        return rules.working_time.add(cycle.opened_at, seconds)

    answer_due, solution_due, stands_at = cycle.first_response_due_at, cycle.resolution_due_at, cycle.paused_since
    if cycle.first_replied_at is None:
        answer_due = _moved(answer_due, first_response_by, change, change.at, change.at)
    solution_due = _moved(solution_due, resolution_by, change, ran_until, stands_at or change.at)
    return replace(cycle, first_response_due_at=answer_due, resolution_due_at=solution_due)


def _moved(
    due_at: datetime,
    due_by: Callable[[Priority], datetime],
    change: _Change,
    ran_until: datetime,
    stands_at: datetime,
) -> datetime:
    """A deadline after a change; a clock that had run until `ran_until` stands at `stands_at` since."""
    old_priority = change.replaced.get(due_at)
    in_time = old_priority is not None and due_by(old_priority) >= stands_at
    if due_at < ran_until and not in_time:
        return due_at
    due = due_by(change.after)
    if due >= stands_at:
        return due
    # Used up. What a change of priority has set stays, so that it goes on telling which deadline it replaced.
    return due_at if change.after == change.before or old_priority is not None else change.at


def shown_by(ticket: Ticket, cycle: Cycle) -> Ticket:
    """The ticket with the clock of `cycle`, its present one; a pause hides no deadline that was missed before it."""
    is_paused = cycle.paused_since is not None and cycle.resolution_due_at >= cycle.paused_since
    resolution_due_at = None if cycle.done_at or is_paused else cycle.resolution_due_at
    first_response_due_at = None if cycle.done_at or cycle.first_replied_at else cycle.first_response_due_at
    return replace(
        ticket,
        cycle=cycle.cycle,
        first_response_due_at=cycle.first_response_due_at,
        resolution_due_at=resolution_due_at,
        next_due_at=min((due for due in (first_response_due_at, resolution_due_at) if due), default=None),
        paused_since=cycle.paused_since,
    )
