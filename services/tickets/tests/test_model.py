"""The state machine against a slow, plain reference (R10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.errors import DomainError
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.tickets import Ticket
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
TICKET = Ticket(
    ticket_id=UUID(int=1),
    number=123,
    player_id=UUID(int=2),
    state="pending",
    title=None,
    detail="充值未到账",
    solution=None,
    category="payment",
    priority="normal",
    waiting_on="none",
    assignee_agent_id=None,
    reopens_ticket_id=None,
    created_by="KF003",
    asked_at=START,
    first_replied_at=None,
    done_at=None,
    version=1,
    revision=1,
    created_at=START,
    updated_at=START,
    owner_agent_id="KF003",
)

steps = st.fixed_dictionaries(
    {
        "to": st.sampled_from(["pending", "in_progress", "done"]),
        "caller": st.sampled_from(["KF003", "KF004"]),
        "solution": st.sampled_from([None, "补发", "退款"]),
        "reason": st.sampled_from([None, "又来了"]),
        "after": st.sampled_from([timedelta(hours=1), timedelta(days=7), timedelta(days=7, microseconds=1)]),
    }
)


def reference(seen: dict[str, Any], step: dict[str, Any], now: datetime) -> str | dict[str, Any]:
    """The rules of R10 spelled out one by one: the new facts, or the slug of the refusal."""
    way = f"{seen['state']} {step['to']}"
    new = dict(seen, state=step["to"], solution=step["solution"] or seen["solution"])
    if way == "pending in_progress":
        new["assignee"] = seen["assignee"] or step["caller"]
    elif way in ("pending done", "in_progress done"):
        if not new["solution"]:
            return "solution-required"
        new["assignee"] = seen["assignee"] or step["caller"]
        new["done_at"] = now
    elif way == "in_progress pending":
        new["assignee"] = None
    elif way == "done in_progress":
        if now > seen["done_at"] + timedelta(days=7):
            return "reopen-window-over"
        if not step["reason"]:
            return "reason-required"
        new["done_at"] = None
        new["assignee"] = seen["assignee"] or step["caller"]
    else:
        return "transition-not-allowed"
    return new


def moved(ticket: Ticket, step: dict[str, Any], now: datetime) -> Ticket:
    return model.moved(ticket, step["to"], step["caller"], now, solution=step["solution"], reason=step["reason"])


@given(st.lists(steps, max_size=12))
def test_state_machine_equals_its_reference__R10(history: list[dict[str, Any]]) -> None:
    ticket, now = TICKET, START
    facts: dict[str, Any] = {"state": "pending", "solution": None, "assignee": None, "done_at": None}
    for step in history:
        now += step["after"]
        expected = reference(facts, step, now)
        if isinstance(expected, str):
            with pytest.raises(DomainError) as refused:
                moved(ticket, step, now)
            assert refused.value.slug == expected
            continue
        ticket, facts = moved(ticket, step, now), expected
        assert facts == {
            "state": ticket.state,
            "solution": ticket.solution,
            "assignee": ticket.assignee_agent_id,
            "done_at": ticket.done_at,
        }


def test_done_ticket_waits_for_nobody() -> None:
    waiting = replace(TICKET, waiting_on="tech")

    done = model.moved(waiting, "done", "KF003", START, solution="补发", reason=None)

    assert done.waiting_on == "none"
