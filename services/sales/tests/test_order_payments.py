"""Payments of orders: recorded once, confirmed or rejected by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .test_orders import As, Body, Published, awake, refusal, sell


def test_a_payment_is_recorded_once_per_method(as_agent: As, order_body: Body) -> None:
    first = sell(as_agent("KF003"), order_body(transaction_id="T-1"))

    again = as_agent("KF002").post("/orders", order_body(transaction_id="T-1"))

    assert refusal(again) == (409, "transaction-exists", "/transaction_id")
    assert again.json()["existing_order_id"] == first["order_id"]
    sell(as_agent("KF003"), order_body(transaction_id="T-1", method="alipay"))


def test_a_payment_is_the_same_in_any_letters_and_width__R17(as_agent: As, order_body: Body) -> None:
    first = sell(as_agent("KF003"), order_body(transaction_id="ab-12"))
    assert first["transaction_id"] == "AB-12"

    for typed in ("AB-12", "ａｂ－１２"):
        again = as_agent("KF003").post("/orders", order_body(transaction_id=typed))
        assert refusal(again) == (409, "transaction-exists", "/transaction_id")
    longer = as_agent("KF003").post("/orders", order_body(transaction_id="\ufdfa" * 10))
    assert refusal(longer) == (400, "validation", "/transaction_id")


def test_two_threads_with_one_transaction_id_make_one_order(
    as_agent: As, order_body: Body, known_player: Callable[..., str], published: Published
) -> None:
    bodies = [order_body(transaction_id="T-1", player_id=known_player()) for _ in range(6)]
    clients = [awake(as_agent("KF003")) for _ in bodies]

    with ThreadPoolExecutor(len(bodies)) as threads:
        answers = list(threads.map(lambda client, body: client.post("/orders", body), clients, bodies))

    made = [answer.json()["order_id"] for answer in answers if answer.status_code == 201]
    assert len(made) == 1
    refused = [answer.json() for answer in answers if answer.status_code != 201]
    assert [(r["status"], r["existing_order_id"]) for r in refused] == [(409, made[0])] * 5
    assert len(as_agent("KF003").get("/orders").json()["items"]) == 1
    assert sorted(row.type for row in published()) == ["sales.order.updated.v1", "sales.touch.recorded.v1"]


def test_only_what_the_payment_service_confirms_starts_verified(as_agent: As, order_body: Body) -> None:
    agent = as_agent("KF003")
    methods = ("wechat_pay", "alipay", "other", "wechat_transfer", "bank_transfer")

    sold = {method: sell(agent, order_body(method=method))["verified"] for method in methods}

    assert [method for method, verified in sold.items() if not verified] == [
        "other",
        "wechat_transfer",
        "bank_transfer",
    ]
    for verified, expected in (("true", 2), ("false", 3)):
        assert len(agent.get("/orders", verified=verified).json()["items"]) == expected


def test_less_than_due_waits_for_a_lead_however_it_was_paid__R17(as_agent: As, order_body: Body) -> None:
    def sold(paid_fen: int) -> dict[str, Any]:
        return sell(as_agent("KF003"), order_body(amount_paid_fen=paid_fen, difference_reason="老客户抹零"))

    less, more = sold(7_999), sold(8_001)

    assert (less["verified"], more["verified"]) == (False, True)
    confirmed = as_agent("KF002").post(f"/orders/{less['order_id']}/verify", version=1).json()
    assert confirmed["verified"]


def test_a_transfer_is_confirmed_by_a_lead_who_is_not_the_seller(as_agent: As, order_body: Body) -> None:
    order = sell(as_agent("KF002"), order_body(method="bank_transfer"))
    path = f"/orders/{order['order_id']}/verify"

    assert as_agent("KF003").post(path, version=1).status_code == 403
    assert refusal(as_agent("KF002").post(path, version=1))[:2] == (403, "own-order")
    assert as_agent("KF001").post(path).status_code == 428
    confirmed = as_agent("KF001").post(path, version=1)
    assert (confirmed.status_code, confirmed.headers["ETag"]) == (200, '"2"')
    assert (confirmed.json()["verified"], confirmed.json()["verified_by"]) == (True, "KF001")
    stale = as_agent("KF001").post(path, version=1)
    assert (stale.status_code, stale.json()["current"]["verified_by"]) == (412, "KF001")
    assert refusal(as_agent("KF001").post(path, version=2))[:2] == (422, "nothing-to-verify")


@pytest.mark.parametrize("step", ["verify", "reject-payment"])
def test_leads_confirm_and_reject_for_their_own_team__R17(as_agent: As, order_body: Body, step: str) -> None:
    order = sell(as_agent("KF003"), order_body(method="bank_transfer"))
    path, body = f"/orders/{order['order_id']}/{step}", None if step == "verify" else {"reason": "没到账"}

    assert as_agent("KF005").post(path, body, version=1).status_code == 403, "another team's"
    assert as_agent("KF003").get(path.removesuffix(f"/{step}")).json()["state"] == "paid"
    assert as_agent("KF002").post(path, body, version=1).status_code == 200


def test_a_transfer_that_never_came_is_rejected_by_another__R17(
    as_agent: As, order_body: Body, published: Published
) -> None:
    order = sell(as_agent("KF002"), order_body(method="wechat_transfer", transaction_id="T-1"))
    path = f"/orders/{order['order_id']}/reject-payment"

    assert as_agent("KF003").post(path, {"reason": "没到账"}, version=1).status_code == 403
    assert refusal(as_agent("KF002").post(path, {"reason": "没到账"}, version=1))[:2] == (403, "own-order")
    assert as_agent("KF001").post(path, {}, version=1).status_code == 400
    rejected = as_agent("KF001").post(path, {"reason": "没到账"}, version=1).json()
    assert (rejected["state"], rejected["payment_rejected"], rejected["verified"]) == ("cancelled", True, False)
    assert (rejected["cancelled_by"], rejected["cancel_reason"]) == ("KF001", "没到账")
    assert refusal(as_agent("KF001").post(path, {"reason": "没到账"}, version=2))[:2] == (422, "nothing-to-verify")
    assert refusal(as_agent("KF001").post(path.replace("reject-payment", "verify"), version=2))[0] == 422
    assert [row.payload["state"] for row in published() if row.aggregate_id == order["order_id"]][-1] == "cancelled"
    sell(as_agent("KF002"), order_body(method="wechat_transfer", transaction_id="T-1"))

    paid = sell(as_agent("KF003"), order_body())
    refused = as_agent("KF001").post(f"/orders/{paid['order_id']}/reject-payment", {"reason": "没到账"}, version=1)
    assert refusal(refused)[:2] == (422, "nothing-to-verify"), "what is confirmed is cancelled, not rejected"


def test_the_confirmation_list_has_what_waits_for_it__R17(as_agent: As, order_body: Body) -> None:
    made = [sell(as_agent("KF003"), order_body(method="bank_transfer")) for _ in range(4)]
    for order, step in zip(made[:3], ("verify", "reject-payment", "cancel"), strict=True):
        body = None if step == "verify" else {"reason": "没到账"}
        assert as_agent("KF002").post(f"/orders/{order['order_id']}/{step}", body, version=1).status_code == 200

    waiting = as_agent("KF002").get("/orders", verified="false", state="paid").json()["items"]

    assert [order["order_id"] for order in waiting] == [made[3]["order_id"]]


def test_a_lead_finds_the_transfers_that_he_confirms__R17(
    as_agent: As, order_body: Body, known_player: Callable[..., str], feed: Any
) -> None:
    """Those that agents of his team sold: whoever is of it now, wherever the order's credit is."""
    of_b = sell(as_agent("KF004"), order_body(player_id=known_player("KF004"), method="bank_transfer"))
    of_a = sell(as_agent("KF003"), order_body(method="bank_transfer"))
    sell(as_agent("KF003"), order_body())

    def found(team: str) -> list[str]:
        orders = as_agent("KF005").get("/orders", verified="false", state="paid", team=team, limit=2).json()["items"]
        return [order["order_id"] for order in orders]

    assert (found("A"), found("B"), found("C")) == ([of_a["order_id"]], [of_b["order_id"]], [])
    moved = {"agent_id": "KF003", "role": "agent", "team": "B", "active": True}
    feed("players.agent.updated.v1", "KF003", moved, 2)
    assert (found("A"), found("B")) == ([], [of_a["order_id"], of_b["order_id"]])


def test_the_payment_that_waits_longest_is_listed_first__without_ones_own__R17(
    as_agent: As, order_body: Body, known_player: Callable[..., str]
) -> None:
    def sale(agent: str, minutes: int) -> str:
        paid_at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
        body = order_body(player_id=known_player(agent), method="bank_transfer", paid_at=paid_at)
        return sell(as_agent(agent), body)["order_id"]

    late, own, early, of_b = sale("KF003", 10), sale("KF002", 40), sale("KF003", 30), sale("KF004", 20)

    def waiting(**whose: str) -> list[str]:
        found, cursor = [], {}
        while True:
            asked = {"state": "paid", "verified": "false", "sort": "oldest_payment", "limit": 1, **whose, **cursor}
            page = as_agent("KF002").get("/orders", **asked).json()
            found += [order["order_id"] for order in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    assert waiting() == [own, early, of_b, late]
    assert waiting(team="A", not_seller="KF002") == [early, late]
    assert waiting(not_seller="KF003") == [own, of_b]
    assert waiting(seller="KF002", not_seller="KF002") == []
    assert waiting(seller="KF002", not_seller="KF003") == [own]
