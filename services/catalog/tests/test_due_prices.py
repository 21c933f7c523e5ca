"""Scheduled prices come into force push by push, each as one: R30."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from gamedesk_catalog.__main__ import apply_due_prices
from gamedesk_catalog.commands.prices import Origin, apply_due, apply_quotes
from gamedesk_catalog.pauses import Pauses
from gamedesk_catalog.quotes import HoldFactors, Quote
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from prometheus_client import REGISTRY
from sqlalchemy import text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]
FACTORS = HoldFactors(5)


@pytest.fixture
def bulk(database: Database) -> list[str]:
    """Codes of twelve hundred items that cost 1000."""
    codes = [f"BULK-{n:04}" for n in range(1200)]
    quotes = [Quote(code, 1000, 1, now(), code) for code in codes]
    database.transact(apply_quotes, "xiyou", quotes, Origin("pull"), 5)
    return codes


def schedule(database: Database, event_id: str | None, prices: dict[str, int], game_id: str = "xiyou") -> None:
    """As a push that is due in an hour."""
    quotes = [Quote(code, price_fen, 2, now() + timedelta(hours=1)) for code, price_fen in prices.items()]
    database.transact(apply_quotes, game_id, quotes, Origin("push", cause_id=event_id), 5)


def due_now(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE pending_prices SET effective_at = now() - interval '1 s'"))


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.begin() as tx:
        return [tuple(row) for row in tx.execute(text(query))]


def test_a_scheduled_push_of_many_comes_into_force_as_one__R30_R23(
    database: Database, bulk: list[str], new_pack: NewPack, as_agent: As
) -> None:
    """The pack's items stand at both ends of the push: with one new price alone it would break its lowest price."""
    first, last = bulk[0], bulk[-1]
    with database.begin() as tx:
        tx.execute(text("UPDATE items SET game_price_fen = 500 WHERE code = :code"), {"code": last})
        tx.execute(text("UPDATE discount_rules SET lowest_price_fen = 1400 WHERE role = 'agent'"))
    pack = new_pack({first: 1, last: 1}, 0)
    schedule(database, "midnight", {**dict.fromkeys(bulk, 1100), first: 500, last: 1000})
    due_now(database)

    apply_due_prices(database, FACTORS, Pauses())

    shown = as_agent("KF003").get(f"/packs/{pack['code']}").json()
    assert (shown["state"], shown["price_fen"], shown["version"]) == ("active", 1500, 2)
    assert [line["unit_price_fen"] for line in shown["contents"]] == [500, 1000]
    assert rows(database, "SELECT count(*) FROM pending_prices") == [(0,)]
    moments = "SELECT count(DISTINCT at), count(*) FROM item_price_changes WHERE cause_id = 'midnight'"
    assert rows(database, moments) == [(1, 1200)]
    assert as_agent("KF003").get("/price-impacts").json()["items"] == [], "the pack costs what it did"


def test_a_large_push_that_fails_is_counted_and_stops_no_other__R30(
    database: Database, bulk: list[str], item_of: ItemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(database, "broken", dict.fromkeys(bulk, 1100))
    schedule(database, "good", {"XIYOU-1": 1200})
    schedule(database, "elsewhere", {"SANGUO-1": 6000}, "sanguo")
    due_now(database)

    def failing(tx: Any, game_id: str, cause_id: str | None, *rest: Any) -> None:
        if cause_id == "broken":
            raise RuntimeError("its rows are broken")
        apply_due(tx, game_id, cause_id, *rest)

    monkeypatch.setattr("gamedesk_catalog.commands.prices.apply_due", failing)
    failures = failures_counted()
    apply_due_prices(database, FACTORS, Pauses())

    assert failures_counted() == failures + 1
    assert (item_of("XIYOU-1")["price_fen"], item_of("SANGUO-1")["price_fen"]) == (1200, 6000)
    assert item_of(bulk[0])["price_fen"] == 1000
    monkeypatch.undo()
    apply_due_prices(database, FACTORS, Pauses())
    assert rows(database, "SELECT count(*) FROM items WHERE price_fen = 1100") == [(1200,)]


def failures_counted() -> float:
    return REGISTRY.get_sample_value("gamedesk_job_failures_total", {"job": "due_prices"}) or 0


def test_a_push_that_fails_is_tried_again_ever_more_rarely__R30(
    database: Database, item_of: ItemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(database, "broken", {"XIYOU-1": 1100})
    due_now(database)
    moment, tries = 0.0, []
    pauses = Pauses(first=4, longest=10, clock=lambda: moment)

    def failing(*_: Any) -> None:
        tries.append(moment)
        raise RuntimeError("its rows are broken")

    log = Mock()
    monkeypatch.setattr("gamedesk_catalog.__main__.log", log)
    with monkeypatch.context() as broken:
        broken.setattr("gamedesk_catalog.commands.prices.apply_due", failing)
        for _ in range(20):
            apply_due_prices(database, FACTORS, pauses)
            moment += 2
    assert tries == [0, 4, 12, 22, 32]
    said = [call.kwargs for call in log.exception.call_args_list]
    assert [line["again_in_seconds"] for line in said] == [4, 8, 10, 10, 10]
    assert {(line["game_id"], line["cause_id"]) for line in said} == {("xiyou", "broken")}

    moment = 42
    apply_due_prices(database, FACTORS, pauses)
    assert item_of("XIYOU-1")["price_fen"] == 1100
    assert pauses.failed(("xiyou", "broken")) == 4, "what has succeeded begins anew"


def test_only_so_many_pauses_are_known() -> None:
    pauses = Pauses(kept=2)
    for work in ("a", "b", "c"):
        pauses.failed(work)

    assert [pauses.holds(work) for work in ("a", "b", "c")] == [False, True, True]


def test_prices_that_no_push_is_known_of_come_into_force_in_parts__R30(
    database: Database, bulk: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.commands.prices._MOST_DUE", 500)
    schedule(database, None, dict.fromkeys(bulk, 1100))
    due_now(database)

    waiting = []
    for _ in range(3):
        apply_due_prices(database, FACTORS, Pauses())
        waiting += rows(database, "SELECT count(*) FROM pending_prices")

    assert waiting == [(700,), (200,), (0,)]


def test_what_of_a_push_is_due_later_waits__R30(database: Database, game: Game, item_of: ItemOf) -> None:
    later = rfc3339(now() + timedelta(hours=2)) or ""
    soon = rfc3339(now() + timedelta(hours=1)) or ""
    game.push(price("XIYOU-1", 1100, 2, soon), price("XIYOU-2", 300, 2, later), event_id="both")
    with database.begin() as tx:
        tx.execute(text("UPDATE pending_prices SET effective_at = effective_at - interval '90 min'"))

    apply_due_prices(database, FACTORS, Pauses())

    assert (item_of("XIYOU-1")["price_fen"], item_of("XIYOU-2")["price_fen"]) == (1100, 250)
    assert item_of("XIYOU-2")["pending_price"]["state"] == "scheduled"
