"""A campaign from end to end: whom to call, what was promised, sold, delivered and given back, and how it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.desk import Desk, Person
from tests.e2e.shop import GAME, Shop, minutes_ago, open_shop, today

pytestmark = pytest.mark.product


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def test_a_campaign_from_the_first_call_to_the_figures__R15_to_R18_B2_B5_B7_B8(shop: Shop) -> None:
    player = shop.player(tier="whale")
    bystander = shop.player(tier="small")
    campaign = a_campaign_for_whales(shop)
    item, other = shop.items(20, 2)
    pack = shop.pack((item, 3), (other, 1), campaign_id=campaign["campaign_id"])

    he_is_on_the_call_list(shop, campaign, player, bystander)
    a_contact_that_does_not_sell_yet(shop, campaign, player, pack)
    quote = a_price_is_promised(shop, player, pack)
    the_game_raises_its_prices(shop, item, pack, quote)
    order = he_buys_at_the_promised_price(shop, player, quote)
    the_game_gives_him_what_he_paid_for(shop, order, player, item, other)
    he_is_won(shop, campaign, player, order)
    some_is_given_back(shop, order)
    it_all_counts(shop, campaign, order)
    it_all_is_on_his_timeline(shop, player, order, quote)
    lists_can_be_taken_away(shop, campaign)


def a_campaign_for_whales(shop: Shop) -> dict[str, Any]:
    """R15: a lead plans it and lets it run."""
    body = {
        "name": "国庆促销",
        "theme": "大R专享",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=7)).isoformat(),
        "game_ids": [GAME],
        "segment": {"tiers": ["whale"]},
    }
    assert shop.agent.post("/campaigns", body).status_code == 403, "an agent plans none"
    made = shop.lead.post("/campaigns", body)
    assert made.status_code == 201, made.text
    path = f"/campaigns/{made.json()['campaign_id']}/launch"
    launched = shop.lead.post(path, version=made.json()["version"])
    assert (launched.status_code, launched.json()["state"]) == (200, "running"), launched.text
    return launched.json()


def calls(shop: Shop, campaign: dict[str, Any]) -> list[dict[str, Any]]:
    response = shop.agent.get("/campaign-call-list", campaign_id=campaign["campaign_id"], agent=shop.agent.agent_id)
    return response.json()["items"] if response.status_code == 200 else []


def progress(shop: Shop, campaign: dict[str, Any]) -> dict[str, Any]:
    response = shop.lead.get("/campaign-calls/progress", campaign_id=campaign["campaign_id"])
    assert response.status_code == 200, response.text
    return response.json()["total"]


def he_is_on_the_call_list(
    shop: Shop, campaign: dict[str, Any], player: dict[str, Any], bystander: dict[str, Any]
) -> None:
    """R15: the whale and nobody else, with who he is."""
    [call] = shop.desk.eventually(lambda: calls(shop, campaign), within=30)
    assert (call["player_id"], call["state"], call["tier"]) == (player["player_id"], "open", "whale")
    assert call["player_id"] != bystander["player_id"]
    assert call["player"]["wechat_name"] == "孙悟空"
    assert (call["touches"], call["last_touch"]) == (0, None)


def a_contact_that_does_not_sell_yet(
    shop: Shop, campaign: dict[str, Any], player: dict[str, Any], pack: dict[str, Any]
) -> None:
    """R16, R18, B3: he may be offered something, and thinks about it."""
    pitch = shop.agent.home(player["player_id"])["pitch"]
    assert (pitch["status"], pitch["data"]["sell_safe"]["ok"], pitch["data"]["contactable"]) == ("ok", True, True)
    body = {
        "player_id": player["player_id"],
        "outcome": "thinking",
        "situation": "等发工资",
        "pack_code": pack["code"],
        "campaign_id": campaign["campaign_id"],
        "follow_up_on": today().isoformat(),
    }
    touch = shop.agent.post("/touches", body)
    assert touch.status_code == 201, touch.text
    [call] = calls(shop, campaign)
    assert (call["state"], call["last_touch"]["situation"]) == ("thinking", "等发工资")
    [due] = [entry for entry in shop.attention("attention") if entry["kind"] == "follow_up"]
    assert due["touch"]["touch_id"] == touch.json()["touch_id"]


def a_price_is_promised(shop: Shop, player: dict[str, Any], pack: dict[str, Any]) -> dict[str, Any]:
    """B2: and he who promised it is reminded before it ends."""
    quote = shop.quote(player, pack, valid_minutes=60)
    assert (quote["state"], quote["amount_fen"], quote["campaign_id"]) == (
        "open",
        pack["price_fen"],
        pack["campaign_id"],
    )
    [ends] = [entry for entry in shop.attention("sales_attention") if entry["kind"] == "quote"]
    assert (ends["quote"]["quote_id"], ends["player"]["player_id"]) == (quote["quote_id"], player["player_id"])
    home = shop.agent.home(player["player_id"])
    assert [q["quote_id"] for q in home["quotes"]["data"]["items"]] == [quote["quote_id"]]
    return quote


def the_game_raises_its_prices(shop: Shop, item: dict[str, Any], pack: dict[str, Any], quote: dict[str, Any]) -> None:
    """R30, B1, B2: the pack follows, what was promised does not."""
    answer = shop.desk.push_price(GAME, item["code"], item["price_fen"] * 2)
    dearer = shop.desk.eventually(lambda: (o := shop.offer(pack))["price_fen"] != pack["price_fen"] and o)
    assert dearer["price_fen"] > pack["price_fen"]
    [impact] = shop.lead.get("/price-impacts", cause_id=answer["event_id"]).json()["items"]
    view = shop.lead.get(f"/price-impact-views/{impact['impact_id']}").json()
    [changed] = [each for each in view["items"] if each["pack_id"] == pack["pack_id"]]
    assert (changed["old_price_fen"], changed["new_price_fen"]) == (pack["price_fen"], dearer["price_fen"])
    assert (changed["quotes"]["open_quotes"], changed["quotes"]["amount_fen"]) == (1, quote["amount_fen"])
    assert shop.agent.get(f"/quotes/{quote['quote_id']}").json()["amount_fen"] == pack["price_fen"]


def he_buys_at_the_promised_price(shop: Shop, player: dict[str, Any], quote: dict[str, Any]) -> dict[str, Any]:
    """R17, B2."""
    body = shop.sale(player, quote["amount_fen"], quote_id=quote["quote_id"])
    made = shop.agent.post("/orders", body)
    assert made.status_code == 201, made.text
    order = made.json()
    assert (order["amount_due_fen"], order["quote_id"]) == (quote["amount_fen"], quote["quote_id"])
    assert order["pack"]["contents"] == quote["pack"]["contents"]
    assert shop.agent.get(f"/quotes/{quote['quote_id']}").json()["state"] == "sold"
    again = shop.agent.post("/orders", shop.sale(player, quote["amount_fen"], quote_id=quote["quote_id"]))
    sold_once = (409, "urn:gamedesk:problem:quote-not-open", order["order_id"])
    assert (again.status_code, again.json()["type"], again.json()["order_id"]) == sold_once
    return order


def the_game_gives_him_what_he_paid_for(
    shop: Shop, order: dict[str, Any], player: dict[str, Any], item: dict[str, Any], other: dict[str, Any]
) -> None:
    """B7: to the account that was agreed, once."""
    assert shop.delivered(order)["delivery"]["delivered_at"]
    [grant] = shop.grants(order)
    assert grant["game_account_id"] == player["account"]["game_account_id"]
    assert {line["code"]: line["quantity"] for line in grant["contents"]} == {item["code"]: 3, other["code"]: 1}


def he_is_won(shop: Shop, campaign: dict[str, Any], player: dict[str, Any], order: dict[str, Any]) -> None:
    """R15: the campaign knows."""
    [call] = calls(shop, campaign)
    assert (call["player_id"], call["state"]) == (player["player_id"], "won")
    figures = progress(shop, campaign)
    assert (figures["drawn"], figures["reached"], figures["won"], figures["orders"]) == (1, 1, 1, 1)
    assert figures["revenue_fen"] == order["amount_paid_fen"]


def some_is_given_back(shop: Shop, order: dict[str, Any]) -> None:
    """Refunds: by the lead, never by the seller; what was delivered stays with him."""
    path, body = (
        f"/orders/{order['order_id']}/refunds",
        {"amount_fen": 100, "reason": "少发一件", "method": "wechat_pay"},
    )
    body["refunded_at"] = minutes_ago(0)
    assert shop.agent.post(path, body).status_code == 403
    refund = shop.lead.post(path, body)
    assert (refund.status_code, refund.json()["after_delivery"]) == (201, True), refund.text
    after = shop.order(order)
    assert (after["state"], after["refunded_fen"]) == ("partly_refunded", 100)
    too_much = shop.lead.post(path, {**body, "amount_fen": order["amount_paid_fen"]})
    assert (too_much.status_code, too_much.json()["left_fen"]) == (422, order["amount_paid_fen"] - 100)


def it_all_counts(shop: Shop, campaign: dict[str, Any], order: dict[str, Any]) -> None:
    """B8: each figure with the records behind it; the sale was a contact too."""
    period = {"from": (today() - timedelta(days=1)).isoformat(), "to": today().isoformat()}
    wanted = {**period, "campaign": campaign["campaign_id"]}
    figures = shop.lead.get("/sales-kpi", **wanted).json()["total"]
    expected = {"touches": 2, "reached": 2, "deals": 1, "touch_to_deal_bp": 5000, "thinking": 1, "orders": 1}
    expected |= {"revenue_fen": order["amount_paid_fen"], "delivered": 1, "quotes": 1, "quotes_sold": 1}
    expected |= {"refunded_fen": 100, "net_fen": order["amount_paid_fen"] - 100}
    assert {name: figures[name] for name in expected} == expected
    for figure in ("touches", "deals", "orders", "delivered", "refunds", "quotes_sold"):
        records = shop.lead.get("/sales-kpi/records", **wanted, figure=figure).json()["items"]
        assert len(records) == figures[figure], figure
    board = shop.lead.get("/kpi-board", **period, group_by="agent", team=shop_team(shop)).json()
    [mine] = [group for group in board["groups"] if group["key"] == shop.agent.agent_id]
    assert (mine["sales"]["deals"], mine["sales"]["revenue_fen"]) == (1, order["amount_paid_fen"])


def shop_team(shop: Shop) -> str:
    return shop.lead.get("/session").json()["agent"]["team"]


def it_all_is_on_his_timeline(shop: Shop, player: dict[str, Any], order: dict[str, Any], quote: dict[str, Any]) -> None:
    """B10: the last first."""
    timeline = shop.agent.get(f"/home/players/{player['player_id']}/timeline").json()
    of_sales = [item for item in timeline["items"] if item["source"] == "sales"]
    assert [item["kind"] for item in of_sales] == ["refund", "delivery", "order", "quote", "touch"]
    assert {item["data"]["order_id"] for item in of_sales[:3]} == {order["order_id"]}
    assert of_sales[3]["data"]["quote_id"] == quote["quote_id"]


def lists_can_be_taken_away(shop: Shop, campaign: dict[str, Any]) -> None:
    """B11."""
    mine = {"agent": shop.agent.agent_id}
    for name, filters in (
        ("quotes", mine),
        ("touches", mine),
        ("orders", {"seller": shop.agent.agent_id}),
        ("campaign-calls", {"campaign_id": campaign["campaign_id"]}),
        ("refunds", {}),
        ("packs", {"created_by": shop.agent.agent_id}),
    ):
        shop.desk.eventually(
            lambda name=name, filters=filters: is_a_file(shop.agent.get(f"/exports/{name}", **filters))
        )


def is_a_file(answer: httpx.Response) -> bool:
    """The last export may not be finished yet when its file has come."""
    assert answer.status_code in (200, 429), answer.text
    return answer.content[:2] == b"PK"
