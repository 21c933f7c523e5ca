"""What a price change does to packs, before and after, and what it leaves to whom (B1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import Desk, Person
from tests.e2e.shop import GAME, Shop, open_shop

pytestmark = pytest.mark.product


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def fine_tune(shop: Shop, item: dict[str, Any], price_fen: int) -> None:
    """The agent's own price of an item (R22)."""
    body = {"override_price_fen": price_fen, "reason": "活动价"}
    answer = shop.agent.patch(f"/items/{item['item_id']}", body, item["version"])
    assert answer.status_code == 200, answer.text


def by_code(packs: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {pack["code"]: pack for pack in packs}


def test_a_push_is_seen_before_and_after_and_leaves_what_breaks_to_people__B1_B2(shop: Shop) -> None:
    followed, tuned, untouched = shop.items(30, 3)
    fine_tune(shop, tuned, tuned["game_price_fen"] * 9 // 10)
    cheap = shop.pack((followed, 10), name="跟价礼包")
    broken = shop.pack((tuned, 10), name="特价礼包")
    same = shop.pack((untouched, 10), name="不变礼包")
    player = shop.player()
    quotes = [shop.quote(player, cheap), shop.quote(player, broken)]
    prices = {followed["code"]: followed["game_price_fen"] * 3 // 2, tuned["code"]: tuned["game_price_fen"] * 3 // 2}
    question = {"game_id": GAME, "changes": [{"code": c, "game_price_fen": p} for c, p in prices.items()]}

    assert shop.agent.post("/price-impact-views", question).status_code == 403, "the game's prices are a lead's to ask"
    asked = shop.lead.post("/price-impact-views", question)
    assert asked.status_code == 200, asked.text
    before = by_code(asked.json()["packs"])
    assert {cheap["code"], broken["code"]} <= before.keys()
    assert same["code"] not in before
    assert (before[broken["code"]]["breaks"], before[broken["code"]]["new_state"]) == ("discount", "review")
    assert (before[cheap["code"]]["breaks"], before[cheap["code"]]["new_state"]) == (None, "active")
    assert before[cheap["code"]]["new_price_fen"] > cheap["price_fen"]
    assert [before[pack["code"]]["quotes"]["open_quotes"] for pack in (cheap, broken)] == [1, 1]
    assert shop.offer(cheap)["price_fen"] == cheap["price_fen"], "nothing has changed"

    answer = shop.desk.push_prices(GAME, prices)

    assert {result["fate"] for result in answer["results"]} == {"applied"}
    [impact] = shop.lead.get("/price-impacts", cause_id=answer["event_id"]).json()["items"]
    assert (impact["cause"], impact["game_id"], impact["items_changed"]) == ("push", GAME, 2)
    after = shop.lead.get(f"/price-impact-views/{impact['impact_id']}", limit=200).json()
    assert by_code(after["items"]) == before, "as it was said"
    assert {source["status"] for source in after["sources"].values()} == {"ok"}
    the_broken_one_waits_for_people(shop, broken)
    promises_hold(shop, player, quotes)
    another_person_lets_it_be_sold_again(shop, broken)


def the_broken_one_waits_for_people(shop: Shop, broken: dict[str, Any]) -> None:
    """Its maker is told, and the lead who may allow it; nobody sells it meanwhile."""
    shop.desk.eventually(lambda: shop.offer(broken)["sellable"] is False)
    [mine] = shop.attention("pack_attention")
    assert (mine["kind"], mine["pack"]["code"], mine["pack"]["review_reason"]) == (
        "pack_review",
        broken["code"],
        "discount",
    )
    waiting = [entry["pack"]["code"] for entry in shop.attention("pack_attention", shop.lead)]
    assert broken["code"] in waiting


def promises_hold(shop: Shop, player: dict[str, Any], quotes: list[dict[str, Any]]) -> None:
    """B2: both are sold as they were promised, the one in review too."""
    for quote in quotes:
        made = shop.agent.post("/orders", shop.sale(player, quote["amount_fen"], quote_id=quote["quote_id"]))
        assert made.status_code == 201, made.text
        assert made.json()["amount_due_fen"] == quote["amount_fen"]
        shop.delivered(made.json())


def another_person_lets_it_be_sold_again(shop: Shop, broken: dict[str, Any]) -> None:
    """Out of review only a person brings it, and never its maker."""
    path = f"/packs/{broken['code']}"
    version = shop.agent.get(path).json()["version"]
    assert shop.agent.post(f"{path}/approve", version=version).status_code == 403
    approved = shop.lead.post(f"{path}/approve", version=version)
    assert (approved.status_code, approved.json()["state"]) == (200, "active"), approved.text
    shop.desk.eventually(lambda: shop.offer(broken)["sellable"] is True)
    assert shop.attention("pack_attention") == []
