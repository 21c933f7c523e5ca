"""What answers a follow-up or a proposal, and what waits again when an order is taken back (R17, R18, B3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient

from .test_touches import follow_ups, pages, today, touch

As = Callable[[str], ApiClient]


@pytest.mark.parametrize("end", ["cancel", "reject-payment"])
def test_what_an_order_answered_waits_again_when_it_is_taken_back__R18_B3(
    as_agent: As, player: str, known_ticket: Callable[..., str], order_body: Callable[..., Any], end: str
) -> None:
    agent = as_agent("KF003")
    made = touch(agent, player, "thinking", follow_up_on=today(2))
    for _ in range(2):
        known_ticket(player, "payment", "done", done_at=(datetime.now(UTC) + timedelta(minutes=1)).isoformat())
    taken, left = pages(agent, "/recovery-proposals")
    path = f"/recovery-proposals/{taken['proposal_id']}/take"
    assert agent.post(path, {"due_on": today(1)}, version=1).status_code == 200
    order = agent.post("/orders", order_body(method="bank_transfer")).json()
    assert follow_ups(as_agent) == pages(agent, "/recovery-proposals") == []

    ended = as_agent("KF002").post(f"/orders/{order['order_id']}/{end}", {"reason": "打错了"}, version=1)

    assert ended.status_code == 200, ended.text
    [again] = follow_ups(as_agent)
    assert (again["touch_id"], again["done"]) == (made["touch_id"], False)
    for state, proposal in (("open", left), ("taken", taken)):
        [found] = pages(agent, "/recovery-proposals", state=state)
        assert (found["proposal_id"], found["closed_by"]) == (proposal["proposal_id"], None)


@pytest.mark.parametrize("ends", [("cancel", "cancel"), ("reject-payment", "cancel"), ("cancel", "reject-payment")])
@pytest.mark.parametrize("older_first", [True, False])
def test_what_two_orders_answered_waits_again_whichever_is_taken_back_last__R18_B3(
    as_agent: As,
    player: str,
    known_ticket: Callable[..., str],
    order_body: Callable[..., Any],
    older_first: bool,
    ends: tuple[str, str],
) -> None:
    """The same sale typed in twice, and never paid."""
    agent = as_agent("KF003")
    made = touch(agent, player, "thinking", follow_up_on=today(2))
    known_ticket(player, "payment", "done", done_at=(datetime.now(UTC) + timedelta(minutes=1)).isoformat())
    [proposal] = pages(agent, "/recovery-proposals")
    sales = [order_body(method="bank_transfer", paid_at=datetime.now(UTC).isoformat()) for _ in range(2)]
    orders = [agent.post("/orders", sale).json() for sale in sales]
    first, second = orders if older_first else orders[::-1]

    for order, end, waiting in ((first, ends[0], 0), (second, ends[1], 1)):
        ended = as_agent("KF002").post(f"/orders/{order['order_id']}/{end}", {"reason": "打错了"}, version=1)
        assert ended.status_code == 200, ended.text
        assert len(follow_ups(as_agent)) == len(pages(agent, "/recovery-proposals")) == waiting

    assert [item["touch_id"] for item in follow_ups(as_agent)] == [made["touch_id"]]
    assert [item["proposal_id"] for item in pages(agent, "/recovery-proposals")] == [proposal["proposal_id"]]


@pytest.mark.parametrize("since", ["no_reply", "thinking", "do_not_contact", "erased"])
def test_what_was_answered_since_stays_answered_when_an_order_is_taken_back__R18(
    as_agent: As, player: str, known_player: Callable[..., str], order_body: Callable[..., Any], since: str
) -> None:
    agent = as_agent("KF003")
    first = touch(agent, player, "thinking", follow_up_on=today(2))
    order = agent.post("/orders", order_body()).json()
    if since == "erased":
        known_player("KF003", player, version=2, erased=True)
    else:
        touch(agent, player, since, **({"follow_up_on": today(3)} if since == "thinking" else {}))

    cancelled = as_agent("KF002").post(f"/orders/{order['order_id']}/cancel", {"reason": "打错了"}, version=1)

    assert cancelled.status_code == 200, cancelled.text
    assert first["touch_id"] not in {item["touch_id"] for item in follow_ups(as_agent)}
    assert len(follow_ups(as_agent)) == (since == "thinking")


def test_a_contact_that_is_typed_in_late_answers_nothing_that_came_after_it__R18_B3(
    as_agent: As, player: str, known_ticket: Callable[..., str]
) -> None:
    agent, yesterday = as_agent("KF003"), (datetime.now(UTC) - timedelta(days=1)).isoformat()
    made = touch(agent, player, "thinking", follow_up_on=today(2))
    known_ticket(player, "payment", "done", done_at=(datetime.now(UTC) + timedelta(minutes=1)).isoformat())

    late = touch(agent, player, "thinking", follow_up_on=today(5), occurred_at=yesterday)
    touch(agent, player, occurred_at=yesterday)

    assert [item["touch_id"] for item in follow_ups(as_agent)] == [made["touch_id"]]
    assert [item["touch_id"] for item in follow_ups(as_agent, done="true")] == [late["touch_id"]]
    assert len(pages(agent, "/recovery-proposals")) == 1
    touch(agent, player)
    assert follow_ups(as_agent) == pages(agent, "/recovery-proposals") == []


def test_a_payment_of_an_earlier_day_answers_nothing_that_came_after_it__R17_R18(
    as_agent: As, player: str, order_body: Callable[..., Any]
) -> None:
    agent = as_agent("KF003")
    touch(agent, player, "thinking", follow_up_on=today(2))

    long_ago = order_body(paid_at=(datetime.now(UTC) - timedelta(days=3)).isoformat())
    assert agent.post("/orders", long_ago).status_code == 201
    assert len(follow_ups(as_agent)) == 1
    assert agent.post("/orders", order_body()).status_code == 201, "paid a minute ago, before that contact"
    assert follow_ups(as_agent) == []
