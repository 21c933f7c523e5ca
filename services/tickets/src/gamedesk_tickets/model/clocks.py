"""The domain: the clocks of a ticket. A cycle runs from the question, or from a reopening, until it is done.

Two clocks run in each cycle, in working time: until the first response, which nothing pauses, and until the
resolution, which waits while the ticket waits for the player.
"""

from __future__ import annotations

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


def changed(cycle: Cycle, ticket: Ticket, at: datetime, credit: Credit, rules: Rules) -> Cycle:
    """The running cycle of `ticket`, whose priority, state or waiting has become what it is at `at`."""
    ran_until = cycle.paused_since or at
    if ticket.waiting_on == "player":
        cycle = replace(cycle, paused_since=cycle.paused_since or at)
    elif cycle.paused_since is not None:
        seconds = cycle.paused_seconds + rules.working_time.seconds_between(cycle.paused_since, at)
        cycle = replace(cycle, paused_since=None, paused_seconds=seconds)
    cycle = _with_deadlines(cycle, ticket.priority, at, ran_until, rules)
    if ticket.state != "done":
        return cycle
    seconds = rules.working_time.seconds_between(cycle.opened_at, at) - cycle.paused_seconds
    return replace(cycle, done_at=at, done_by=credit.agent_id, done_team=credit.team, resolution_seconds=seconds)


def _with_deadlines(cycle: Cycle, priority: Priority, at: datetime, ran_until: datetime, rules: Rules) -> Cycle:
    """By the targets of the priority; a deadline that was met, or missed by then, stays.

    `ran_until`: until when the clock of the resolution has run, `at` unless it was paused.
    """
    target, add = rules.targets[priority], rules.working_time.add
    if cycle.first_replied_at is None and cycle.first_response_due_at >= at:
        cycle = replace(cycle, first_response_due_at=add(cycle.opened_at, target.first_response_seconds))
    if cycle.resolution_due_at >= ran_until:
        due_at = add(cycle.opened_at, target.resolution_seconds + cycle.paused_seconds)
        cycle = replace(cycle, resolution_due_at=due_at)
    return cycle


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
