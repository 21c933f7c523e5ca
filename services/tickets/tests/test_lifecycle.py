"""Whatever happens to a ticket in whatever order, its states, cycles and clocks stay true (R10, B6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from gamedesk_chassis.errors import DomainError
from gamedesk_tickets.errors import TicketDone
from gamedesk_tickets.model import clocks
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.clocks import Credit, Cycle
from gamedesk_tickets.model.service_rules import Rules, Target
from gamedesk_tickets.model.tickets import Entry, Priority, State, Ticket, WaitingOn
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .test_model import START, TICKET

SHIFT = ("09:00", "21:00")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# None is used up to the second when a shift ends: whether that is in time is then one and the same before and after.
TARGETS: dict[Priority, Target] = {
    "low": Target(120, 1200),
    "normal": Target(60, 600),
    "high": Target(30, 310),
    "urgent": Target(15, 150),
}
RULES = Rules(
    zone="Asia/Shanghai",
    weekly={day: [SHIFT] for day in WEEK},
    special_days=(),
    targets=TARGETS,
    revision=1,
    created_by=None,
    created_at=START,
)
CLOCKS = ("first_response", "resolution")
CREDIT = Credit("KF003", "A")
REPLY = partial(
    Entry, entry_id=TICKET.ticket_id, ticket_id=TICKET.ticket_id, kind="reply", text="已处理", agent_id="KF003"
)


def worked(start: datetime, end: datetime) -> int:
    """Working seconds, shift by shift; the desk works from 01:00 to 13:00 in UTC."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = 0
    while midnight < end:
        since, until = max(start, midnight + timedelta(hours=1)), min(end, midnight + timedelta(hours=13))
        seconds += max(0, int((until - since).total_seconds()))
        midnight += timedelta(days=1)
    return seconds


@dataclass
class Facts:
    """What is known of a cycle, as plainly as it can be kept."""

    opened_at: datetime
    replies: list[datetime] = field(default_factory=list)
    pauses: list[list[datetime]] = field(default_factory=list)
    done_at: datetime | None = None


class Lifecycle(RuleBasedStateMachine):
    """A ticket as the domain changes it, beside the plain facts."""

    @initialize()
    def ask(self) -> None:
        self.now = START
        self.cycles = [clocks.opened(TICKET.ticket_id, 1, START, TICKET.priority, RULES)]
        self.ticket = clocks.shown_by(TICKET, self.cycles[0])
        self.facts = [Facts(START)]
        self.closed: list[Cycle] = []
        self.begin_cycle()

    def begin_cycle(self) -> None:
        """`real`: the priority whose target each clock runs by, the last one given before its target was used up.

        `missed`: the deadlines that nothing may move any more.
        """
        self.real: dict[str, Priority] = dict.fromkeys(CLOCKS, self.ticket.priority)
        self.missed: dict[str, datetime] = {}
        self.replaced: dict[datetime, Priority] = {}

    @property
    def current(self) -> Cycle:
        return self.cycles[-1]

    def change(self, after: Ticket, at: datetime | None = None) -> None:
        at = at or self.now
        self.note_missed(at)
        replaced = self.replaced if after.priority != self.ticket.priority else {}
        cycle = clocks.changed(self.current, self.ticket, after, at, CREDIT, RULES, replaced)
        self.cycles[-1] = cycle
        self.ticket = clocks.shown_by(after, cycle)
        for name in CLOCKS:
            if name not in self.missed and self.due_by(name, after.priority) >= self.stands_at(name, at):
                self.real[name] = after.priority

    def due_by(self, name: str, priority: Priority) -> datetime:
        paused = self.current.paused_seconds if name == "resolution" else 0
        seconds = getattr(TARGETS[priority], f"{name}_seconds") + paused
        return RULES.working_time.add(self.current.opened_at, seconds)

    def stands_at(self, name: str, moment: datetime) -> datetime:
        return self.current.paused_since or moment if name == "resolution" else moment

    def runs(self, name: str) -> bool:
        return self.current.done_at is None and (name == "resolution" or self.current.first_replied_at is None)

    def note_missed(self, moment: datetime) -> None:
        for name in CLOCKS:
            if self.runs(name) and self.due_by(name, self.real[name]) < self.stands_at(name, moment):
                self.missed.setdefault(name, getattr(self.current, f"{name}_due_at"))

    @rule(minutes=st.integers(1, 30) | st.integers(1, 2000))
    def time_passes(self, minutes: int) -> None:
        """By some seconds more, so that few steps never add up to a target exactly."""
        self.now += timedelta(minutes=minutes, seconds=7)

    @rule(
        to=st.sampled_from(model.STATES),
        solution=st.sampled_from([None, "补发"]),
        reason=st.sampled_from([None, "又来了"]),
    )
    def move(self, to: State, solution: str | None, reason: str | None) -> None:
        try:
            after = model.moved(self.ticket, to, "KF003", self.now, solution=solution, reason=reason)
        except DomainError:
            return
        if self.ticket.state == "done":
            self.closed.append(self.current)  # from here on nothing may change it
            self.cycles.append(clocks.opened(after.ticket_id, after.cycle + 1, self.now, after.priority, RULES))
            self.facts.append(Facts(self.now))
            self.ticket = clocks.shown_by(after, self.current)
            self.begin_cycle()
            return
        if to == "done":
            self.end_pause()
            self.facts[-1].done_at = self.now
        self.change(after)

    @precondition(lambda self: self.ticket.state != "done")
    @rule(waiting_on=st.sampled_from(["none", "player", "tech"]))
    def wait(self, waiting_on: WaitingOn) -> None:
        if waiting_on != "player":
            self.end_pause()
        elif self.ticket.waiting_on != "player":
            self.facts[-1].pauses.append([self.now])
        self.change(model.edited(self.ticket, {"waiting_on": waiting_on}))

    @precondition(lambda self: self.ticket.state == "done")
    @rule(waiting_on=st.sampled_from(["player", "tech"]))
    def a_done_ticket_waits_for_nobody(self, waiting_on: WaitingOn) -> None:
        with pytest.raises(TicketDone):
            model.edited(self.ticket, {"waiting_on": waiting_on})

    @precondition(lambda self: self.ticket.state != "done")
    @rule(priority=st.sampled_from(["low", "normal", "high", "urgent"]))
    def prioritise(self, priority: Priority) -> None:
        """Between two seconds, as good as always, so that no deadline is at that moment already."""
        at, before, was = self.now + timedelta(milliseconds=500), self.current, self.ticket.priority
        self.change(model.edited(self.ticket, {"priority": priority}), at)
        if priority != was:
            self.replaced[at] = was
        self.now += timedelta(minutes=1)
        for name in CLOCKS:
            due_at = getattr(self.current, f"{name}_due_at")
            assert due_at == getattr(before, f"{name}_due_at") or due_at >= self.stands_at(name, at)

    @rule(minutes_ago=st.integers(0, 300))
    def reply(self, minutes_ago: int) -> None:
        at = max(self.now - timedelta(minutes=minutes_ago), self.current.opened_at)
        self.facts[-1].replies.append(at)
        self.cycles[-1] = clocks.replied(self.current, REPLY(happened_at=at, recorded_at=self.now), CREDIT, RULES)
        self.ticket = clocks.shown_by(self.ticket, self.current)

    def end_pause(self) -> None:
        if self.facts[-1].pauses and len(self.facts[-1].pauses[-1]) == 1:
            self.facts[-1].pauses[-1].append(self.now)

    @invariant()
    def done_is_done_in_every_respect(self) -> None:
        done = self.ticket.state == "done"
        assert done == (self.ticket.done_at is not None) == (self.current.done_at is not None)
        assert not done or (self.ticket.solution and self.ticket.waiting_on == "none")
        assert not done or (self.ticket.next_due_at is None and self.ticket.paused_since is None)

    @invariant()
    def earlier_cycles_stay_as_they_ended(self) -> None:
        assert self.cycles[:-1] == self.closed
        assert self.ticket.cycle == len(self.cycles) == len(self.facts)

    @invariant()
    def seconds_are_the_working_time_without_the_pauses(self) -> None:
        for cycle, facts in zip(self.cycles, self.facts, strict=True):
            pauses = sum(worked(*pause) for pause in facts.pauses if len(pause) == 2)
            assert cycle.paused_seconds == pauses
            if facts.replies:
                assert cycle.first_response_seconds == worked(facts.opened_at, min(facts.replies))
            if facts.done_at:
                assert cycle.resolution_seconds == worked(facts.opened_at, facts.done_at) - pauses

    @invariant()
    def a_missed_deadline_stays(self) -> None:
        """Known before the other invariants look: they run in the order of their names."""
        self.note_missed(self.now)
        for name, due_at in self.missed.items():
            assert getattr(self.current, f"{name}_due_at") == due_at

    @invariant()
    def a_deadline_is_that_of_the_priority_or_at_the_change_that_came_too_late_for_it(self) -> None:
        for name in CLOCKS:
            if not self.runs(name) or name in self.missed or (name == "resolution" and self.current.paused_since):
                continue
            due_at = getattr(self.current, f"{name}_due_at")
            if self.real[name] == self.ticket.priority:
                assert due_at == self.due_by(name, self.ticket.priority)
            else:
                assert due_at in self.replaced

    @invariant()
    def the_deadline_is_missed_when_the_working_time_is_used_up(self) -> None:
        cycle, facts = self.current, self.facts[-1]
        assert (self.ticket.waiting_on == "player") == (cycle.paused_since is not None)
        is_over = cycle.paused_since is not None and cycle.resolution_due_at < cycle.paused_since
        shown = cycle.done_at is None and (cycle.paused_since is None or is_over)
        assert shown or "resolution" not in self.missed or cycle.done_at
        assert self.ticket.resolution_due_at == (cycle.resolution_due_at if shown else None)
        if not shown:
            return
        used = worked(facts.opened_at, self.now) - cycle.paused_seconds
        target = TARGETS[self.ticket.priority].resolution_seconds
        if used > target or "resolution" in self.missed:
            assert self.ticket.overdue(self.now)
        if self.ticket.overdue(self.now) == "resolution":
            assert used >= target or "resolution" in self.missed


def test_every_sequence_of_changes_keeps_states_cycles_and_clocks_true__R10_B6() -> None:
    run_state_machine_as_test(Lifecycle, settings=settings(max_examples=100, stateful_step_count=40, deadline=None))
