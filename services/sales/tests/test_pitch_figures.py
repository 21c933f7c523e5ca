"""The next pitch is counted: by hand, and against a plain reference that is slow and obviously right. B5."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from gamedesk_sales.model.pitch import (
    PRICE_STEPS_FEN,
    Contact,
    Figures,
    History,
    OpenQuote,
    PriceStep,
    Sale,
    Share,
    Suggestion,
    figures_of,
    percent,
    suggestions_for,
    yuan,
)
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 22)  # a Sunday
SPRING = UUID(int=5)


def lost(day: date, price_fen: int | None = None, pack: str | None = None, reason: str = "价格太高") -> Contact:
    return Contact(day, "lost", price_fen=price_fen, pack_code=pack, reason=reason)


def won(day: date, price_fen: int, pack: str, campaign: UUID | None = None) -> Contact:
    return Contact(day, "won", sold=True, price_fen=price_fen, pack_code=pack, campaign_id=campaign)


# Two refusals above ¥500, three contacts at weekends of which two sold, untouched for nine days.
HISTORY = History(
    today=TODAY,
    contacts=[
        Contact(date(2026, 11, 13), "no_reply"),  # Friday
        lost(date(2026, 11, 11), 80_000, "BIG99"),  # Wednesday
        won(date(2026, 11, 8), 8_000, "WKD23", SPRING),  # Sunday
        lost(date(2026, 11, 7), 8_000, "WKD23", reason="暂时不需要"),  # Saturday
        won(date(2026, 10, 31), 8_000, "WKD23", SPRING),  # Saturday
        lost(date(2026, 10, 14), 66_600, "BIG88"),  # Wednesday
        Contact(date(2026, 10, 1), "thinking", price_fen=66_600, pack_code="BIG88"),
        Contact(date(2026, 9, 30), "won", sold=False, price_fen=300_000, pack_code="BIG77"),  # cancelled since
    ],
    sales=[
        Sale(date(2026, 11, 8), 7_900, 2_000, "WKD23"),
        Sale(date(2026, 10, 31), 8_000, 1_550, "WKD23"),
        Sale(date(2026, 8, 24), 10_000, 0, "OLD22"),  # the 91st day, today counted
    ],
    quotes=[OpenQuote("Q-000123", "WKD23", 8_050, datetime(2026, 11, 25, 10, 0, tzinfo=UTC))],
    last_contact_on=date(2026, 11, 13),
    campaign_names={SPRING: "周末狂欢"},
)


def test_the_figures_by_hand__B5() -> None:
    figures = figures_of(HISTORY)

    assert (figures.contacts, figures.answered, figures.days_untouched) == (8, 7, 9)
    assert figures.outcomes == {"lost": 3, "no_reply": 1, "thinking": 1, "won": 3}
    assert (figures.orders, figures.kept_fen, figures.average_fen) == (3, 25_900, 8_633)
    assert figures.spent_90_days_fen == 15_900
    assert figures.prices == [
        PriceStep(5_000, lost=3, won=2),
        PriceStep(10_000, lost=2, won=0),
        PriceStep(20_000, lost=2, won=0),
        PriceStep(50_000, lost=2, won=0),
    ]
    assert figures.day_kinds == [Share("weekend", 3, 2), Share("workday", 2, 0)]
    assert figures.packs == [Share("WKD23", 3, 2), Share("BIG88", 1, 0), Share("BIG99", 1, 0)]
    assert figures.campaigns == [Share(SPRING, 2, 2)]
    assert figures.reasons == [("价格太高", 2), ("暂时不需要", 1)]
    assert figures.last_sale == HISTORY.sales[0]


def test_every_sentence_shows_its_counts_in_both_languages__B5() -> None:
    found = {one.kind: one for one in suggestions_for(HISTORY, figures_of(HISTORY))}

    assert {kind: (one.text_zh, one.text_en) for kind, one in found.items()} == {
        "open_quote": (
            "报价 Q-000123（礼包 WKD23，¥80.50）有效至 2026-11-25 18:00，还没有成交",
            "Quote Q-000123 (pack WKD23, ¥80.50) holds until 2026-11-25 18:00 and is not sold yet",
        ),
        "untouched": (
            "已经 9 天没有联系（上次是 2026-11-13）",
            "Untouched for 9 days (last on 2026-11-13)",
        ),
        "price_limit": (
            "拒绝过 2 次高于 ¥500 的礼包，一次也没买",
            "Refused packs above ¥500 twice and bought none",
        ),
        "better_days": (
            "周末推荐 3 次，成交 2 次；工作日推荐 2 次，成交 0 次",
            "Bought 2 of 3 times on weekends, 0 of 2 on workdays",
        ),
        "pack": ("礼包 WKD23 推荐 3 次，成交 2 次", "Bought pack WKD23 2 of 3 times"),
        "campaign": (
            "在「周末狂欢」活动中推荐 2 次，成交 2 次",
            "Bought 2 of 2 times in the campaign “周末狂欢”",
        ),
        "usual_amount": (
            "近 365 天买过 3 单，平均每单 ¥86.33",
            "3 orders in 365 days, ¥86.33 on average",
        ),
        "last_discount": (
            "上次成交优惠 20%（礼包 WKD23，2026-11-08）",
            "Last bought at 20% off (pack WKD23, 2026-11-08)",
        ),
        "usual_reason": ("3 次未成交中有 2 次的原因是「价格太高」", "2 of 3 refusals were for “价格太高”"),
    }
    assert found["price_limit"].because == {"above_fen": 50_000, "lost": 2, "won": 0}
    assert found["better_days"].because == {
        "weekend_won": 2,
        "weekend_decided": 3,
        "workday_won": 0,
        "workday_decided": 2,
    }
    assert (found["pack"].pack_code, found["pack"].sample, found["pack"].small_sample) == ("WKD23", 3, False)


def test_a_sale_without_discount_was_at_the_full_price__B5() -> None:
    history = History(today=TODAY, sales=[Sale(date(2026, 11, 8), 7_900, 0, "WKD23")])
    found = {one.kind: one for one in suggestions_for(history, figures_of(history))}

    assert (found["last_discount"].text_zh, found["last_discount"].text_en) == (
        "上次按原价成交（礼包 WKD23，2026-11-08）",
        "Last bought at the full price (pack WKD23, 2026-11-08)",
    )


def test_of_a_player_without_history_nothing_is_claimed__B5() -> None:
    history = History(today=TODAY)
    [only] = suggestions_for(history, figures_of(history))
    assert (only.kind, only.text_zh, only.sample) == ("untouched", "还没有联系过他", None)


@pytest.mark.parametrize(("fen", "text"), [(50_000, "¥500"), (8_650, "¥86.50"), (5, "¥0.05"), (0, "¥0")])
def test_amounts_are_written_exactly(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(("bp", "text"), [(2_000, "20%"), (1_550, "15.5%"), (1_234, "12.34%"), (5, "0.05%"), (0, "0%")])
def test_discounts_are_written_exactly(bp: int, text: str) -> None:
    assert percent(bp) == text


days = st.integers(0, 364).map(lambda ago: TODAY - timedelta(days=ago))
contacts = st.builds(
    Contact,
    day=days,
    outcome=st.sampled_from(["won", "lost", "thinking", "no_reply", "do_not_contact"]),
    price_fen=st.none() | st.integers(0, 700_000) | st.sampled_from(PRICE_STEPS_FEN),
    pack_code=st.none() | st.sampled_from(["AAA", "BBB", "CCC"]),
    campaign_id=st.none() | st.sampled_from([UUID(int=1), UUID(int=2)]),
    reason=st.sampled_from(["价格太高", "其他"]),
).flatmap(lambda one: st.booleans().map(lambda sold: _sold(one, sold)))
sales = st.builds(
    Sale, day=days, kept_fen=st.integers(0, 10**9), discount_bp=st.integers(0, 10**4), pack_code=st.just("A")
)
histories = st.builds(
    History,
    today=st.just(TODAY),
    contacts=st.lists(contacts, max_size=25),
    sales=st.lists(sales, max_size=10),
    last_contact_on=st.none() | days,
    campaign_names=st.just({UUID(int=1): "甲"}),
)


def _sold(contact: Contact, sold: bool) -> Contact:
    """Only what was won may have been sold, and only what was lost has a reason."""
    values = {**contact.__dict__, "sold": sold and contact.outcome == "won"}
    return Contact(**{**values, "reason": contact.reason if contact.outcome == "lost" else None})


@given(histories)
def test_the_figures_are_those_of_a_plain_count__B5(history: History) -> None:
    figures = figures_of(history)

    decided = [c for c in history.contacts if c.outcome == "lost" or c.sold]
    assert figures.contacts == len(history.contacts)
    assert figures.answered == len([c for c in history.contacts if c.outcome != "no_reply"])
    for outcome in ("won", "lost", "thinking", "no_reply", "do_not_contact"):
        assert figures.outcomes.get(outcome, 0) == len([c for c in history.contacts if c.outcome == outcome])
    for above in PRICE_STEPS_FEN:
        over = [c for c in decided if c.price_fen is not None and c.price_fen > above]
        expected = [PriceStep(above, len([c for c in over if not c.sold]), len([c for c in over if c.sold]))]
        assert [step for step in figures.prices if step.above_fen == above] == (expected if over else [])
    for shares, key in (
        (figures.day_kinds, lambda c: "weekend" if c.day.strftime("%a") in ("Sat", "Sun") else "workday"),
        (figures.packs, lambda c: c.pack_code),
        (figures.campaigns, lambda c: c.campaign_id),
    ):
        keys = {key(c) for c in decided} - {None}
        assert {(s.key, s.decided, s.won) for s in shares} == {
            (k, len([c for c in decided if key(c) == k]), len([c for c in decided if key(c) == k and c.sold]))
            for k in keys
        }
    assert figures.spent_90_days_fen == sum(s.kept_fen for s in history.sales if (TODAY - s.day).days < 90)
    total = sum(s.kept_fen for s in history.sales)
    assert figures.kept_fen == total
    if history.sales:
        average = Fraction(total, len(history.sales))
        assert figures.average_fen == int(average + Fraction(1, 2))
        assert figures.last_sale is not None
        assert figures.last_sale.day == sorted(s.day for s in history.sales)[-1]
    else:
        assert (figures.average_fen, figures.last_sale) == (None, None)


@given(histories)
def test_what_is_suggested_is_what_the_figures_say__B5(history: History) -> None:
    figures = figures_of(history)
    found = {one.kind: one for one in suggestions_for(history, figures)}

    check_price_limit(history, found.get("price_limit"))
    check_best(figures.packs, found.get("pack"))
    check_best([s for s in figures.campaigns if s.key in history.campaign_names], found.get("campaign"))
    check_days(figures, found.get("better_days"))
    untouched = found.get("untouched")
    if history.last_contact_on is not None:
        assert (untouched is not None) == ((TODAY - history.last_contact_on).days >= 7)
    for one in found.values():
        assert one.small_sample == (one.sample is not None and one.sample < 3)
        shown = [value for name, value in one.because.items() if not name.endswith(("_fen", "_bp", "contacts"))]
        hidden = {"won"} if one.kind == "price_limit" else set()
        for value in [v for v in shown if not (hidden and v == 0)]:
            assert str(value) in one.text_zh


def check_price_limit(history: History, said: Suggestion | None) -> None:
    """No step has more refusals without a sale; a higher one has fewer."""
    refusals = {}
    for above in PRICE_STEPS_FEN:
        over = [c for c in history.contacts if c.price_fen is not None and c.price_fen > above]
        count = len([c for c in over if c.outcome == "lost"])
        if count >= 2 and not [c for c in over if c.sold]:
            refusals[above] = count
    if said is None:
        assert not refusals
        return
    above = said.because["above_fen"]
    assert said.because["lost"] == refusals[above] == max(refusals.values())
    assert all(count < refusals[above] for step, count in refusals.items() if step > above)


def check_best(shares: Any, said: Suggestion | None) -> None:
    shares = [s for s in shares if s.won]
    if said is None:
        assert not shares
        return
    best = max(Fraction(s.won, s.decided) for s in shares)
    assert Fraction(said.because["won"], said.because["decided"]) == best
    assert said.because["decided"] == max(s.decided for s in shares if Fraction(s.won, s.decided) == best)


def check_days(figures: Figures, said: Suggestion | None) -> None:
    shares = {str(s.key): Fraction(s.won, s.decided) for s in figures.day_kinds}
    differ = len(shares) == 2 and shares["weekend"] != shares["workday"]
    assert (said is not None) == differ
    if said is not None:
        better = "周末" if shares["weekend"] > shares["workday"] else "工作日"
        assert said.text_zh.startswith(better)
