"""Price, discounts on top of each other, rounding and floor against exact rational arithmetic; which rule holds, and
how far a lead may go, against slow references: R23."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from uuid import UUID, uuid4

from gamedesk_catalog.model.discount_rules import DiscountRules, NewDiscountRule, covers, leaves_within
from gamedesk_catalog.model.packs import Content, Pack
from gamedesk_catalog.model.prices import Rounding, pack_price
from hypothesis import example, given
from hypothesis import strategies as st

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 6, 1)
CAMPAIGN = UUID(int=7)
BP = st.integers(0, 10_000)
ROUNDING: st.SearchStrategy[Rounding] = st.sampled_from(["fen", "yuan"])
LINES = st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(1, 10**6)), min_size=1, max_size=9)
SMALL_LINES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 9)), min_size=1, max_size=4)


def contents_of(lines: list[tuple[int, int, int]]) -> tuple[Content, ...]:
    """Of (price that counts, the game's price, quantity)."""
    return tuple(Content(uuid4(), "xiyou", f"X-{n}", "蟠桃", q, unit, game) for n, (unit, game, q) in enumerate(lines))


def exact(total: int, discount_bp: int, rounding: Rounding) -> Fraction:
    """What the sum less the discount comes to, rounded once, half up, in fen."""
    step = 1 if rounding == "fen" else 100
    return Fraction(floor(Fraction(total * (10_000 - discount_bp), 10_000) / step + Fraction(1, 2)) * step)


@given(LINES, BP, ROUNDING)
@example([(50, 50, 1)], 0, "yuan")
@example([(149, 149, 1)], 0, "yuan")
def test_price_is_rounded_once_half_up_to_fen_or_yuan__R23(
    lines: list[tuple[int, int, int]], bp: int, rounding: Rounding
) -> None:
    total = sum(unit * q for unit, _, q in lines)

    listed, price = pack_price([(unit, q) for unit, _, q in lines], bp, rounding)

    assert (listed, price) == (total, exact(total, bp, rounding))
    assert abs(price - Fraction(total * (10_000 - bp), 10_000)) <= (Fraction(1, 2) if rounding == "fen" else 50)


@given(LINES | SMALL_LINES, BP, BP, st.integers(0, 10**4), ROUNDING)
@example([(1000, 1000, 1)], 2501, 3000, 800, "yuan")
@example([(777, 1000, 1)], 990, 3000, 1, "fen")
@example([(777, 1000, 1)], 1000, 3000, 1, "fen")
def test_an_override_and_a_discount_together_stay_within_the_rule_after_rounding__R22_R23(
    lines: list[tuple[int, int, int]], bp: int, max_bp: int, lowest: int, rounding: Rounding
) -> None:
    rule = NewDiscountRule("agent", None, max_bp, lowest, rounding=rounding)
    contents = contents_of(lines)
    price = exact(sum(unit * q for unit, _, q in lines), bp, rounding)
    least = exact(sum(game * q for _, game, q in lines), max_bp, rounding)

    assert rule.price(contents, bp)[1] == price
    assert rule.floor(contents) == max(least, lowest)
    too_deep = bp > max_bp or price < least
    assert rule.breach(contents, bp) == ("discount" if too_deep else "lowest_price" if price < lowest else None)
    if rule.breach(contents, bp) is None:
        assert price >= rule.floor(contents)


@given(SMALL_LINES, BP, BP, st.integers(0, 10**4), ROUNDING, st.sampled_from(["active", "review", "draft"]))
def test_a_followed_pack_is_active_only_within_the_rule_that_carries_it__R23(
    lines: list[tuple[int, int, int]], bp: int, max_bp: int, lowest: int, rounding: Rounding, state: str
) -> None:
    rule = NewDiscountRule("agent", None, max_bp, lowest, rounding=rounding)
    contents = contents_of(lines)
    pack = Pack(
        uuid4(), "22222", "礼包", "xiyou", state, bp, 0, 0, "CNY", None if state == "draft" else "agent", 1, 1, None,  # type: ignore[arg-type]
        "KF003", "KF003", None, NOON, NOON, contents, state_since=NOON,
    )  # fmt: skip
    later = NOON + timedelta(days=1)

    followed = DiscountRules([rule], DAY).follow(pack, later)

    carried = rule if state != "draft" else NewDiscountRule("agent", None, 0, 0)
    assert (followed.list_price_fen, followed.price_fen) == carried.price(contents, bp)
    broken = rule.breach(contents, bp)
    expected = "review" if state == "active" and broken else state
    assert (followed.state, followed.state_since) == (expected, later if expected != state else NOON)
    assert followed.review_reason == (broken if state != "draft" else None)
    again = DiscountRules([rule], DAY).follow(followed, later + timedelta(days=1))
    assert again == followed, "judging twice is judging once"
    orphan = DiscountRules([], DAY).follow(pack, later)
    assert orphan.state == ("review" if state == "active" else state), "without a rule nobody may"


@st.composite
def rule_lists(draw: st.DrawFn) -> list[NewDiscountRule]:
    """Rules of which no two clash."""
    days = st.none() | st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n))
    rules: list[NewDiscountRule] = []
    for _ in range(draw(st.integers(0, 8))):
        begin, end = draw(days), draw(days)
        if begin and end and begin > end:
            begin, end = end, begin
        rule = NewDiscountRule(
            draw(st.sampled_from(["agent", "lead"])), draw(st.sampled_from([None, "xiyou"])),
            draw(st.sampled_from([1000, 2000, 3000])), draw(st.sampled_from([1, 100])),
            draw(st.sampled_from([None, CAMPAIGN])), "fen", begin, end,
        )  # fmt: skip
        if not any(rule.clashes(other) for other in rules):
            rules.append(rule)
    return rules


def reference(
    rules: list[NewDiscountRule], day: date, role: str, game_id: str, campaign_id: UUID | None
) -> list[NewDiscountRule]:
    """All that are about the case, the one that holds first."""
    about = [
        rule
        for rule in rules
        if rule.role == role
        and rule.game_id in (None, game_id)
        and rule.campaign_id in (None, campaign_id)
        and (rule.starts_on or date.min) <= day <= (rule.ends_on or date.max)
    ]
    return sorted(about, key=lambda rule: (rule.campaign_id is None, rule.game_id is None, not rule.dated))


CASES = list(itertools.product(["xiyou", "sanguo"], [None, CAMPAIGN, UUID(int=8)]))


@given(rule_lists(), st.integers(-4, 4))
def test_the_most_specific_rule_of_the_day_holds__R23(rules: list[NewDiscountRule], shift: int) -> None:
    day = DAY + timedelta(days=shift)
    for role in ("agent", "lead", "admin"):
        for game_id, campaign_id in CASES:
            about = reference(rules, day, role, game_id, campaign_id)
            assert DiscountRules(rules, day).of(role, game_id, campaign_id) == (about[0] if about else None)
            ranks = [(r.campaign_id, r.game_id, r.dated) for r in about]
            assert len(ranks) == len(set(ranks)), "there is no doubt which one holds"


@given(rule_lists(), rule_lists())
def test_a_lead_lets_agents_do_nothing_that_he_may_not_do_on_some_day__R23(
    rules: list[NewDiscountRule], wished: list[NewDiscountRule]
) -> None:
    for rule in wished:
        days = [DAY + timedelta(days=n) for n in range(10)]
        own = [
            DiscountRules(rules, day).of("lead", game_id, campaign_id)
            for day in days
            if rule.in_force(day)
            for game_id, campaign_id in CASES
            if rule.game_id in (None, game_id) and rule.campaign_id in (None, campaign_id)
        ]
        within = all(
            o and rule.max_discount_bp <= o.max_discount_bp and rule.lowest_price_fen >= o.lowest_price_fen for o in own
        )
        if own:
            assert covers(rules, "lead", rule, DAY) == within


@given(rule_lists(), st.integers(0, 7))
def test_without_a_rule_agents_may_no_more_where_it_held_unless_a_lead_may_it_too__R23(
    rules: list[NewDiscountRule], chosen: int
) -> None:
    if chosen >= len(rules):
        return
    gone = rules[chosen]
    left = [rule for rule in rules if rule is not gone]
    within = True
    for shift, (game_id, campaign_id) in itertools.product(range(10), CASES):
        day = DAY + timedelta(days=shift)
        if DiscountRules(rules, day).of(gone.role, game_id, campaign_id) is gone:
            now_held = DiscountRules(left, day).of(gone.role, game_id, campaign_id)
            own = DiscountRules(left, day).of("lead", game_id, campaign_id)
            if now_held is not None:
                within &= any(
                    limit is not None
                    and now_held.max_discount_bp <= limit.max_discount_bp
                    and now_held.lowest_price_fen >= limit.lowest_price_fen
                    for limit in (own, gone)
                )

    assert leaves_within("lead", gone, rules, left, DAY) == within
