"""An agent's day from end to end, through the gateway: every step of Part 1 of the requirements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.desk import Desk, Person, new_phone

pytestmark = pytest.mark.product


def minutes_ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def test_an_agents_day__R1_to_R31(admin: Person, hire: Callable[..., Person], desk: Desk) -> None:
    agent = hire()
    player = a_player_whose_profiles_appear(agent, desk)
    ticket = a_ticket_from_pending_to_done(agent, player)
    a_touch_that_did_not_sell(agent, player)
    item, pack = a_pack_from_the_games_items(admin, agent, desk)
    order = a_sale_by_pack_id(agent, desk, player, pack)
    a_price_change_that_everybody_follows(agent, desk, item, pack)
    everything_on_the_home_page(agent, desk, player, ticket, order)


def a_player_whose_profiles_appear(agent: Person, desk: Desk) -> dict[str, Any]:
    """R1–R5."""
    phone = new_phone()
    player = agent.create_player(phone, wechat_id=f"wx_p{phone}", wechat_name="孙悟空", tier="whale")
    assert player["owner"]["agent_id"] == agent.agent_id
    assert player["owner"]["wechat_id"] == f"wx_{agent.agent_id}"

    def profiles() -> list[dict[str, Any]]:
        return agent.get(f"/players/{player['player_id']}").json()["profiles"]

    desk.eventually(lambda: {p["state"] for p in profiles()} == {"ok"}, within=20)
    assert all(p["nickname"] and p["server"] for p in profiles())
    return player


def a_ticket_from_pending_to_done(agent: Person, player: dict[str, Any]) -> dict[str, Any]:
    """R7–R12."""
    body = {"player_id": player["player_id"], "detail": "昨晚充值 648 元未到账", "category": "payment"}
    ticket = agent.post("/tickets", {**body, "asked_at": minutes_ago(10)}).json()
    path = f"/tickets/{ticket['ticket_id']}"
    assert ticket["state"] == "pending"
    ticket = agent.post(f"{path}/transitions", {"to": "in_progress"}, version=ticket["version"]).json()
    entry = {"kind": "consultation", "department": "finance", "text": "请查订单"}
    assert agent.post(f"{path}/entries", entry).status_code == 201
    reply = {"kind": "reply", "text": "已补发", "happened_at": minutes_ago(1)}
    assert agent.post(f"{path}/entries", reply).status_code == 201

    unsolved = agent.post(f"{path}/transitions", {"to": "done"}, version=ticket["version"])
    assert unsolved.status_code == 422, "done needs a solution (R10)"
    done = agent.post(f"{path}/transitions", {"to": "done", "solution": "财务确认后补发"}, version=ticket["version"])
    assert (done.status_code, done.json()["state"]) == (200, "done")
    found = agent.get("/ticket-search", q=f"wx_p{player['phone']}").json()["items"]
    assert [t["ticket_id"] for t in found] == [ticket["ticket_id"]], "found by WeChat id (R8)"
    found = agent.get("/ticket-search", q=player["phone"]).json()["items"]
    assert [t["ticket_id"] for t in found] == [ticket["ticket_id"]], "found by phone (R8)"
    return ticket


def a_touch_that_did_not_sell(agent: Person, player: dict[str, Any]) -> None:
    """R15, R16, R18."""
    reasons = agent.get("/lost-reasons").json()["items"]
    too_dear = next(reason for reason in reasons if "价格" in reason["name"])
    body = {"player_id": player["player_id"], "outcome": "lost", "situation": "周末礼包，嫌贵"}
    refused = agent.post("/touches", body)
    assert refused.status_code == 422, "lost needs a reason"
    assert agent.post("/touches", {**body, "reason_id": too_dear["reason_id"]}).status_code == 201


def a_pack_from_the_games_items(admin: Person, agent: Person, desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """R22–R24: the items come from the game by themselves."""

    def items() -> list[dict[str, Any]]:
        return admin.get("/items", game_id="xiyou", limit=50).json()["items"]

    first, second = desk.eventually(lambda: len(items()) > 1 and items(), within=30)[:2]
    contents = [{"item_id": first["item_id"], "quantity": 3}, {"item_id": second["item_id"], "quantity": 1}]
    pack = agent.post("/packs", {"name": "周末礼包", "discount_bp": 2000, "contents": contents})
    assert pack.status_code == 201, pack.text
    total = 3 * first["price_fen"] + second["price_fen"]
    assert pack.json()["list_price_fen"] == total
    assert pack.json()["price_fen"] == (total * 8000 + 5000) // 10000
    assert pack.json()["state"] == "active"
    return first, pack.json()


def a_sale_by_pack_id(agent: Person, desk: Desk, player: dict[str, Any], pack: dict[str, Any]) -> dict[str, Any]:
    """R17, R19: the pack's id fills in everything else."""
    offer = desk.eventually(lambda: known_offer(agent, pack["code"]))
    assert (offer["price_fen"], offer["revision"], offer["sellable"]) == (pack["price_fen"], pack["revision"], True)
    xiyou = next(p for p in agent.get(f"/players/{player['player_id']}").json()["profiles"] if p["game_id"] == "xiyou")
    body = {
        "player_id": player["player_id"],
        "pack_code": pack["code"],
        "pack_revision": offer["revision"],
        "profile_id": xiyou["profile_id"],
        "method": "wechat_pay",
        "transaction_id": f"42000{player['phone']}",
        "amount_paid_fen": offer["price_fen"],
        "paid_at": minutes_ago(2),
    }
    order = agent.post("/orders", body)
    assert order.status_code == 201, order.text
    assert order.json()["amount_due_fen"] == pack["price_fen"]
    path = f"/orders/{order.json()['order_id']}"
    desk.eventually(lambda: agent.get(path).json()["state"] == "delivered", within=30)  # B7: the game confirms it
    again = agent.post("/orders", body)
    assert (again.status_code, again.json()["existing_order_id"]) == (409, order.json()["order_id"])
    return order.json()


def known_offer(agent: Person, code: str) -> Any:
    response = agent.get(f"/offers/{code}")
    return response.json() if response.status_code == 200 else None


def a_price_change_that_everybody_follows(
    agent: Person, desk: Desk, item: dict[str, Any], pack: dict[str, Any]
) -> None:
    """R30, R31: the game pushes, the pack's price and the sales copy follow."""
    price = item["price_fen"] + 100
    answer = desk.push_price("xiyou", item["code"], price)
    assert answer["results"] == [{"code": item["code"], "fate": "applied"}]
    total = pack["list_price_fen"] + 300
    expected = (total * 8000 + 5000) // 10000
    changed = agent.get(f"/packs/{pack['code']}").json()
    assert (changed["list_price_fen"], changed["price_fen"]) == (total, expected)
    desk.eventually(lambda: known_offer(agent, pack["code"])["price_fen"] == expected)


def everything_on_the_home_page(
    agent: Person, desk: Desk, player: dict[str, Any], ticket: dict[str, Any], order: dict[str, Any]
) -> None:
    """R25–R28: one look, and what was sold stays as it was sold."""
    home = agent.home(player["player_id"])
    assert {name: home[name]["status"] for name in ("player", "tickets", "touches", "orders")} == dict.fromkeys(
        ("player", "tickets", "touches", "orders"), "ok"
    )
    assert [t["state"] for t in home["tickets"]["data"]["items"]] == ["done"]
    assert {t["outcome"] for t in home["touches"]["data"]["items"]} >= {"lost"}
    [sold] = home["orders"]["data"]["items"]
    assert (sold["order_id"], sold["amount_due_fen"]) == (order["order_id"], order["amount_due_fen"])
    mine = agent.get("/home").json()["players"]["data"]["items"]
    assert [p["player_id"] for p in mine] == [player["player_id"]]
    found = agent.get("/home", q=player["wechat_id"]).json()["players"]["data"]["items"]
    assert [p["player_id"] for p in found] == [player["player_id"]], "found by WeChat id (R25)"
