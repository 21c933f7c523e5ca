"""Whatever order prices come in, by push, pull or clock, and however often: the end is the same (R30, I10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.model.items import Item
from gamedesk_catalog.quotes import Quote, confirm_held, decide
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

START = datetime(2026, 1, 1, tzinfo=UTC)
NEVER_HELD = 10**9

# A price of the game: by version (from 2 on) its price, and after how many hours it comes into force.
histories = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 6)), min_size=1, max_size=6)


def new_item() -> Item:
    return Item(uuid4(), "xiyou", "XIYOU-1", "金箍棒", 1000, None, "CNY", 1, 1, START, START)


def quotes_of(history: list[tuple[int, int]]) -> list[Quote]:
    """Ever newer versions that come into force ever later, as a game that keeps its own order gives them out."""
    hours = sorted(hour for _, hour in history)
    return [
        Quote("XIYOU-1", fen, version, START + timedelta(hours=hour))
        for version, ((fen, _), hour) in enumerate(zip(history, hours, strict=True), 2)
    ]


def lived_through(arrivals: list[tuple[int, Quote]], hold_factor: int) -> Item:
    """An item after quotes that arrived at hours, with the clock that brings scheduled ones into force and a lead who
    confirms what is held in the end."""
    item = new_item()
    for hour in range(24):
        moment = START + timedelta(hours=hour, minutes=30)
        for at, quote in arrivals:
            if at == hour:
                item = decide(item, quote, moment, hold_factor)[1]
        item = due(item, moment, hold_factor)
    return confirm_held(item) if item.held else item


def due(item: Item, moment: datetime, hold_factor: int) -> Item:
    waiting = item.scheduled
    if waiting is None or waiting.effective_at > moment:
        return item
    quote = Quote(item.code, waiting.price_fen, waiting.source_version, waiting.effective_at)
    return decide(item, quote, moment, hold_factor)[1]


@settings(max_examples=400, deadline=None)
@given(data=st.data(), history=histories, hold_factor=st.sampled_from([2, 5, NEVER_HELD]))
def test_the_highest_version_wins_in_any_order_and_repetition__R30_I10(
    data: st.DataObject, history: list[tuple[int, int]], hold_factor: int
) -> None:
    quotes = quotes_of(history)
    repeated = data.draw(st.permutations(quotes * 2))
    hours = data.draw(st.lists(st.integers(0, 8), min_size=len(repeated), max_size=len(repeated)))

    item = lived_through(list(zip(hours, repeated, strict=True)), hold_factor)

    assert (item.game_price_fen, item.source_version) == (quotes[-1].price_fen, quotes[-1].version)
    assert (item.held, item.scheduled) == (None, None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), prices=st.lists(st.integers(1, 5000), min_size=1, max_size=5))
def test_any_order_of_pushes_and_pulls_ends_with_the_same_items_and_packs__R22_R30_I10(
    database: Database, new_pack: Any, item_of: Any, data: st.DataObject, prices: list[int]
) -> None:
    codes = ["XIYOU-1", "XIYOU-2", "XIYOU-3"]
    with database.begin() as tx:
        made = tx.execute(text("SELECT count(*) FROM packs")).scalar_one()
    for code in codes if made == 0 else []:
        new_pack({code: 2}, 1234)
    base = item_of("XIYOU-1")["source_version"]
    pages = [
        [Quote(code, fen + n, base + version, now(), f"道具{code}") for n, code in enumerate(codes)]
        for version, fen in enumerate(prices, 1)
    ]
    for page in data.draw(st.permutations(pages * 2)):
        pulled = data.draw(st.booleans())
        quotes = page if pulled else [Quote(q.code, q.price_fen, q.version, q.effective_at) for q in page]
        origin = Origin("pull" if pulled else "push")
        database.transact(apply_quotes, "xiyou", data.draw(st.permutations(quotes)), origin, NEVER_HELD)

    for n, code in enumerate(codes):
        item = item_of(code)
        assert (item["price_fen"], item["source_version"]) == (prices[-1] + n, base + len(prices))
    with database.begin() as tx:
        query = """SELECT p.list_price_fen, p.price_fen, i.price_fen AS item_fen FROM packs p
                   JOIN pack_contents USING (pack_id) JOIN items i USING (item_id)"""
        for row in tx.execute(text(query)):
            exact = row.item_fen * 2 * (10_000 - 1234)
            expected = exact // 10_000 + (exact % 10_000 >= 5_000)
            assert (row.list_price_fen, row.price_fen) == (row.item_fen * 2, expected)
