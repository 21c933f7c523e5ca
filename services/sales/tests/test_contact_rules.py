"""How often a player may be contacted, and which tier is suggested by what he spends (R16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from gamedesk_sales.model.contact_rules import (
    ContactRules,
    TierThreshold,
    frequency,
    in_order,
    suggested_tier,
)
from gamedesk_testing.api_client import ApiClient
from hypothesis import given
from hypothesis import strategies as st

from .test_touches import refusal, today, touch

As = Callable[[str], ApiClient]


RULES = {
    "max_touches": 2,
    "per_days": 3,
    "warning_categories": ["payment"],
    "tier_thresholds": [{"tier": "big", "spent_90_days_fen": 100, "spent_365_days_fen": 200}],
}


def test_who_was_contacted_more_often_than_the_rule_has_it_is_recorded_with_a_warning__R16(
    as_agent: As, player: str
) -> None:
    agent = as_agent("KF003")
    assert [touch(agent, player)["warnings"] for _ in range(3)] == [[], [], []], "three in seven days, no reply counts"

    warned = touch(agent, player, "thinking", follow_up_on=today())

    next_free = (date.fromisoformat(today()) + timedelta(days=7)).isoformat()
    warning = {"kind": "contact_frequency", "count": 4, "max_touches": 3, "days": 7, "next_free_on": next_free}
    assert warned["warnings"] == [warning]
    earlier = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    assert touch(agent, player, occurred_at=earlier)["warnings"] == [warning], "what is long ago does not count"


def test_leads_set_the_contact_rules_of_all__R16(as_agent: As, player: str) -> None:
    lead = as_agent("KF005")
    first = as_agent("KF003").get("/contact-rules")
    assert (first.json()["max_touches"], first.json()["per_days"], first.headers["ETag"]) == (3, 7, '"1"')
    assert as_agent("KF003").put("/contact-rules", RULES, version=1).status_code == 403

    saved = lead.put("/contact-rules", RULES, version=1)

    assert (saved.status_code, saved.headers["ETag"], saved.json()["updated_by"]) == (200, '"2"', "KF005")
    assert {name: saved.json()[name] for name in RULES} == RULES
    stale = as_agent("KF002").put("/contact-rules", RULES, version=1)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    wrong = {**RULES, "tier_thresholds": RULES["tier_thresholds"] * 2}
    assert refusal(lead.put("/contact-rules", wrong, version=2)) == (400, "validation", "/tier_thresholds")
    agent = as_agent("KF003")
    assert [len(touch(agent, player)["warnings"]) for _ in range(3)] == [0, 0, 1]


def rules(max_touches: int, per_days: int) -> ContactRules:
    return ContactRules(max_touches, per_days, (), (), 1, None, datetime.now(UTC))


TODAY = date(2026, 11, 22)


def test_the_next_free_day_by_hand__R16() -> None:
    days = [date(2026, 11, 15), date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 22)]
    found = frequency(rules(3, 7), days, TODAY)
    assert (found.count, found.is_full, found.is_exceeded) == (3, True, False), "the 15th is the eighth day back"
    assert found.next_free_on == date(2026, 11, 23), "on which the 16th counts no more"
    assert frequency(rules(4, 7), days, TODAY).next_free_on is None


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 5), st.integers(1, 20))
def test_the_next_free_day_is_the_first_that_keeps_to_the_rule__R16(
    ago: list[int], max_touches: int, per_days: int
) -> None:
    days = [TODAY - timedelta(days=n) for n in ago]

    def room(day: date) -> bool:
        return sum(day - timedelta(days=per_days) < contacted <= day for contacted in days) < max_touches

    first = TODAY
    while not room(first):
        first += timedelta(days=1)
    found = frequency(rules(max_touches, per_days), days, TODAY)
    assert (found.next_free_on or TODAY) == first
    assert found.is_full == (first != TODAY)


THRESHOLDS = [TierThreshold("small", 1, 10), TierThreshold("whale", 100, 300), TierThreshold("big", 50, 300)]


@pytest.mark.parametrize(
    ("spent", "tier"),
    [
        ((0, 0), "none"),
        ((0, 9), "none"),
        ((0, 10), "small"),
        ((50, 50), "big"),
        ((99, 299), "big"),
        ((0, 300), "whale"),
    ],
)
def test_a_tier_is_suggested_by_what_was_spent_in_one_of_two_windows(spent: tuple[int, int], tier: str) -> None:
    assert suggested_tier(THRESHOLDS, *spent) == tier


def test_thresholds_rise_with_the_tier() -> None:
    assert [one.tier for one in in_order(THRESHOLDS) or ()] == ["whale", "big", "small"]
    assert in_order([*THRESHOLDS, TierThreshold("medium", 60, 20)]) is None
