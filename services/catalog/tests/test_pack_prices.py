"""Packs follow the prices of their items, and overrides lead round no discount rule: R22, R23, R30."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_a_packs_price_follows_its_items_in_the_same_push__R23_R30(as_agent: As, new_pack: NewPack, game: Game) -> None:
    both, one = new_pack({"XIYOU-1": 2, "XIYOU-2": 1}, 1000), new_pack({"XIYOU-2": 1})

    game.push(price("XIYOU-1", 1100, 2), price("XIYOU-3", 100, 2))

    followed = as_agent("KF003").get(f"/packs/{both['code']}").json()
    assert (followed["list_price_fen"], followed["price_fen"]) == (2450, 2205)
    assert (followed["version"], followed["revision"], followed["state"]) == (2, 1, "active")
    assert [c["unit_price_fen"] for c in followed["contents"]] == [1100, 250]
    assert as_agent("KF003").get(f"/packs/{one['code']}").json()["version"] == 1


def test_a_pack_that_falls_below_its_lowest_price_goes_to_review__R23(
    as_agent: As, new_pack: NewPack, game: Game, database: Database
) -> None:
    pack = new_pack({"XIYOU-1": 1}, 1000)
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET lowest_price_fen = 500 WHERE role = 'agent'"))

    game.push(price("XIYOU-1", 300, 2))

    path = f"/packs/{pack['code']}"
    broken = as_agent("KF003").get(path).json()
    assert (broken["state"], broken["price_fen"], broken["version"]) == ("review", 270, 2)
    game.push(price("XIYOU-1", 310, 3))
    approved = as_agent("KF002").post(f"{path}/approve", version=3).json()
    assert (approved["state"], approved["price_fen"]) == ("active", 279)
    game.push(price("XIYOU-1", 320, 4))
    assert as_agent("KF003").get(path).json()["state"] == "active", "the approver's allowance carries it now"


def override(as_agent: As, item_of: ItemOf, price_fen: int, by: str = "KF002") -> None:
    item = item_of("XIYOU-1")
    body = {"override_price_fen": price_fen, "reason": "周末"}
    assert as_agent(by).patch(f"/items/{item['item_id']}", body, version=item["version"]).status_code == 200


def test_an_override_does_not_lead_round_the_discount_rule__R22_R23(
    as_agent: As, item_of: ItemOf, new_pack: NewPack
) -> None:
    override(as_agent, item_of, 777)

    assert new_pack({"XIYOU-1": 1}, 990)["state"] == "active", "700 is 30 % less than the game's price"
    assert new_pack({"XIYOU-1": 1}, 1000)["state"] == "pending_approval", "699 is more than 30 % less"
    assert new_pack({"XIYOU-1": 1}, 1000, "KF002")["state"] == "active"
    override(as_agent, item_of, 1500)
    assert new_pack({"XIYOU-1": 1}, 3001)["state"] == "pending_approval", "the stated discount counts as well"


def test_what_nobody_may_allow_is_refused_at_overridden_prices_too__R22_R23(as_agent: As, item_of: ItemOf) -> None:
    override(as_agent, item_of, 400, "KF001")
    lines = [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}]

    assert slug(as_agent("KF003").post("/packs", {"name": "礼包", "discount_bp": 3000, "contents": lines})) == (
        422,
        "discount-not-allowed",
    )
    assert as_agent("KF003").post("/pack-prices", {"discount_bp": 2000, "contents": lines}).json()["needs_approval"]


def test_a_pack_whose_item_is_overridden_beyond_its_rule_goes_to_review__R22_R23(
    as_agent: As, item_of: ItemOf, new_pack: NewPack
) -> None:
    shallow, deep = new_pack({"XIYOU-1": 1}, 0), new_pack({"XIYOU-1": 1}, 1000)

    override(as_agent, item_of, 750)

    states = [as_agent("KF003").get(f"/packs/{pack['code']}").json()["state"] for pack in (shallow, deep)]
    assert states == ["active", "review"]


def test_a_pack_is_judged_again_when_the_game_raises_an_overridden_price__R22_R23(
    as_agent: As, item_of: ItemOf, new_pack: NewPack, game: Game
) -> None:
    override(as_agent, item_of, 800)
    pack = new_pack({"XIYOU-1": 1}, 0)
    assert pack["state"] == "active"

    game.push(price("XIYOU-1", 1200, 2))

    judged = as_agent("KF003").get(f"/packs/{pack['code']}").json()
    assert (judged["state"], judged["price_fen"]) == ("review", 800)


def test_a_pack_long_expired_does_not_follow_any_more__R23(
    as_agent: As, new_pack: NewPack, game: Game, database: Database
) -> None:
    days = {6: new_pack({"XIYOU-1": 1}, 0)["pack_id"], 8: new_pack({"XIYOU-1": 1}, 0)["pack_id"]}
    with database.begin() as tx:
        for ago, pack_id in days.items():
            expired = text("UPDATE packs SET valid_until = :at WHERE pack_id = :id")
            tx.execute(expired, {"at": now() - timedelta(days=ago), "id": pack_id})

    game.push(price("XIYOU-1", 1100, 2))

    def shown(pack_id: str) -> tuple[int, int]:
        pack = as_agent("KF003").get(f"/packs/{pack_id}").json()
        return pack["price_fen"], pack["version"]

    assert (shown(days[6]), shown(days[8])) == ((1100, 2), (1000, 1))
    as_agent("KF003").patch(f"/packs/{days[8]}", {"valid_until": None}, version=1)
    assert shown(days[8]) == (1100, 2), "brought back, it costs what its items cost today"
