"""The price formula, and what becomes of a quote, without a database: R23, R30."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from uuid import uuid4

from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import CODE_ALPHABET, new_code
from gamedesk_catalog.model.prices import pack_price
from gamedesk_catalog.quotes import Quote, decide, is_extreme
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINES = st.lists(st.tuples(st.integers(0, 10**8), st.integers(1, 10**6)), min_size=1, max_size=50)


def item(price_fen: int = 1000, version: int = 1) -> Item:
    return Item(uuid4(), "xiyou", "X-1", "蟠桃", price_fen, None, "CNY", version, 1, NOON, NOON)


@given(LINES, st.integers(0, 10_000))
def test_price_is_the_discounted_sum_rounded_once_half_up__R23(lines: list[tuple[int, int]], bp: int) -> None:
    exact = sum(Fraction(unit * quantity) for unit, quantity in lines) * Fraction(10_000 - bp, 10_000)

    assert pack_price(lines, bp) == (sum(u * q for u, q in lines), floor(exact + Fraction(1, 2)))


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_price_agrees_with_decimal_rounding__R23(unit: int, bp: int) -> None:
    exact = Decimal(unit) * (10_000 - bp) / 10_000

    assert pack_price([(unit, 1)], bp)[1] == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(LINES, st.integers(0, 9_999))
def test_more_discount_never_costs_more__R23(lines: list[tuple[int, int]], bp: int) -> None:
    total, price = pack_price(lines, bp)
    assert 0 <= pack_price(lines, bp + 1)[1] <= price <= total


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(2, 50))
def test_extreme_is_beyond_the_factor_either_way__R30(old: int, new: int, factor: int) -> None:
    expected = Fraction(new, old) > factor or Fraction(new, old) < Fraction(1, factor) if old else new > 0
    assert is_extreme(old, new, factor) == expected


def test_codes_have_no_look_alikes__R24() -> None:
    assert not set("01ILO") & set(CODE_ALPHABET)
    assert len(CODE_ALPHABET) == 31
    for _ in range(100):
        code = new_code()
        assert len(code) == 5
        assert set(code) <= set(CODE_ALPHABET)


@given(st.permutations([(2, 1100, -1), (3, 1200, -1), (4, 1300, 1), (5, 1400, 2)]), st.integers(0, 3))
def test_any_order_and_repetition_of_pushes_ends_the_same__I10(
    order: list[tuple[int, int, int]], repeated: int
) -> None:
    state = item()
    for version, price, days in [*order, order[repeated]]:
        _, state = decide(state, Quote("X-1", price, version, NOON + timedelta(days=days)), NOON, 5)

    assert (state.game_price_fen, state.source_version) == (1200, 3)
    assert state.scheduled
    assert (state.scheduled.price_fen, state.scheduled.source_version) == (1400, 5)


def test_versions_never_fall_and_what_waits_is_newer_than_what_is_in_force__R30() -> None:
    prices, days = (1000, 1100, 9000), (-1, 1)
    quotes = [Quote("X-1", p, v, NOON + timedelta(days=d)) for v in (1, 2, 3) for p in prices for d in days]
    for chosen in itertools.product(quotes, repeat=3):
        state = item()
        for quote in chosen:
            fate, after = decide(state, quote, NOON, 5)
            assert after.source_version >= state.source_version
            assert (after == state) == (fate in ("unchanged", "stale"))
            for waiting in filter(None, (after.held, after.scheduled)):
                assert waiting.source_version > after.source_version
            state = after
