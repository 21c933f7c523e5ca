"""Orders through the API: R17, and what an order freezes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient

from .conftest import deliver, event

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Published = Callable[[], list[Any]]


def sell(client: ApiClient, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/orders", body)
    assert response.status_code == 201, response.text
    return response.json()


def awake(client: ApiClient) -> ApiClient:
    """Connexion builds itself at the first request; that must not be several threads'."""
    assert client.get("/orders").status_code == 200
    return client


def refusal(response: Any) -> tuple[int, str, str | None]:
    """(status, slug, pointer) of a problem."""
    body = response.json()
    pointer = body["errors"][0]["pointer"] if body.get("errors") else None
    return response.status_code, body["type"].removeprefix("urn:gamedesk:problem:"), pointer


def test_a_sale_records_pack_time_method_and_amount__R17(as_agent: As, order_body: Body, pack: dict[str, Any]) -> None:
    body = order_body(pack_code="7k2qx", paid_at="2026-01-05T20:15:00+08:00")

    response = as_agent("KF003").post("/orders", body)

    order = response.json()
    assert (response.status_code, response.headers["ETag"]) == (201, '"1"')
    assert order["number"] == "O-000001"
    assert (order["seller_agent_id"], order["state"], order["verified"]) == ("KF003", "paid", True)
    assert (order["method"], order["transaction_id"]) == ("wechat_pay", body["transaction_id"])
    assert (order["amount_due_fen"], order["amount_paid_fen"], order["difference_reason"]) == (8_000, 8_000, None)
    assert order["paid_at"] == "2026-01-05T12:15:00Z"
    assert order["pack"]["contents"] == pack["contents"]
    assert as_agent("KF004").get(f"/orders/{order['order_id']}").json() == order


def test_what_was_sold_stays_as_it_was_whatever_the_catalog_does(
    as_agent: As, order_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    order = sell(as_agent("KF003"), order_body())

    dearer = [{**line, "unit_price_fen": line["unit_price_fen"] * 2, "name": "改名"} for line in pack["contents"]]
    known_pack(
        version=2,
        pack_id=pack["pack_id"],
        name="改名",
        revision=2,
        price_fen=16_000,
        list_price_fen=20_000,
        discount_bp=100,
        contents=dearer,
    )

    assert as_agent("KF003").get("/offers/7K2QX").json()["price_fen"] == 16_000
    assert as_agent("KF003").get(f"/orders/{order['order_id']}").json() == order


def test_credit_stays_with_the_seller_when_the_player_changes_hands(
    as_agent: As, order_body: Body, player: str, known_player: Callable[..., str]
) -> None:
    order = sell(as_agent("KF003"), order_body())

    known_player("KF004", player_id=player, version=2)

    assert as_agent("KF004").get(f"/orders/{order['order_id']}").json()["seller_agent_id"] == "KF003"
    assert refusal(as_agent("KF003").post("/orders", order_body())) == (403, "not-your-player", "/player_id")
    assert sell(as_agent("KF004"), order_body())["seller_agent_id"] == "KF004"


def test_owner_his_teams_lead_and_admin_sell_to_a_player(as_agent: As, order_body: Body) -> None:
    for seller, status in (("KF003", 201), ("KF002", 201), ("KF001", 201), ("KF004", 403), ("KF005", 403)):
        assert as_agent(seller).post("/orders", order_body()).status_code == status


def test_a_pack_that_was_edited_is_sold_only_as_it_is_now__R19(
    as_agent: As, order_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any], published: Published
) -> None:
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], revision=2, price_fen=9_000)

    refused = as_agent("KF003").post("/orders", order_body(pack_revision=1))

    assert refusal(refused) == (409, "pack-changed", "/pack_revision")
    assert (refused.json()["offer"]["revision"], refused.json()["offer"]["price_fen"]) == (2, 9_000)
    assert published() == []


def test_a_price_that_moved_since_the_seller_saw_it_is_shown_first__R19(
    as_agent: As, order_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], price_fen=9_000)

    refused = as_agent("KF003").post("/orders", order_body(price_fen=8_000))
    assert refusal(refused) == (409, "pack-changed", "/price_fen")
    assert refused.json()["offer"]["price_fen"] == 9_000

    unaware = as_agent("KF003").post("/orders", order_body())
    assert refusal(unaware) == (422, "difference-reason-required", "/difference_reason")
    assert unaware.json()["amount_due_fen"] == 9_000


def test_the_version_that_was_sold_is_the_catalogs_own_though_it_was_put_back_from_a_backup__R19(
    as_agent: As, order_body: Body, database: Database, pack: dict[str, Any]
) -> None:
    said = event("catalog.pack.updated.v1", pack["pack_id"], {**pack, "version": 3}, 28_000_003)
    deliver(database, replace(said, versionbase=28_000_000))
    assert sell(as_agent("KF003"), order_body())["pack"]["version"] == 3


def test_only_an_active_pack_is_for_sale__R19(
    as_agent: As, order_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], state="retired")

    refused = as_agent("KF003").post("/orders", order_body())

    assert refusal(refused) == (409, "pack-changed", "/pack_code")
    assert (refused.json()["offer"]["sellable"], refused.json()["offer"]["why_not"]) == (False, "retired")


def test_paying_more_or_less_than_due_needs_a_reason(as_agent: As, order_body: Body) -> None:
    for amount in (7_999, 8_001, 0):
        refused = as_agent("KF003").post("/orders", order_body(amount_paid_fen=amount))
        assert refusal(refused) == (422, "difference-reason-required", "/difference_reason")
    assert as_agent("KF003").post("/orders", order_body(difference_reason="  ")).status_code == 400

    order = sell(as_agent("KF003"), order_body(amount_paid_fen=7_500, difference_reason="老客户抹零"))
    assert (order["amount_due_fen"], order["amount_paid_fen"]) == (8_000, 7_500)
    assert order["difference_reason"] == "老客户抹零"
    assert sell(as_agent("KF003"), order_body(difference_reason="多余"))["difference_reason"] is None


def test_paid_at_may_be_past_but_not_future(as_agent: As, order_body: Body) -> None:
    def paid(minutes: float) -> Any:
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        return as_agent("KF003").post("/orders", order_body(paid_at=moment.isoformat()))

    assert refusal(paid(5)) == (422, "time-in-future", "/paid_at")
    assert paid(1).status_code == 201, "clocks differ"
    assert paid(-60 * 24 * 30).status_code == 201


def test_two_threads_with_one_idempotency_key_make_one_order__I7(
    as_agent: As, order_body: Body, published: Published
) -> None:
    body = order_body()
    clients = [awake(as_agent("KF003")) for _ in range(6)]

    with ThreadPoolExecutor(len(clients)) as threads:
        answers = list(threads.map(lambda client: client.post("/orders", body, key="k-12345678"), clients))

    made = {answer.json()["order_id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    in_flight = (409, "request-in-flight", None)
    assert all(refusal(answer) == in_flight for answer in answers if answer.status_code != 201)
    assert as_agent("KF003").post("/orders", body, key="k-12345678").json()["order_id"] in made
    other = as_agent("KF003").post("/orders", order_body(), key="k-12345678")
    assert refusal(other)[:2] == (422, "idempotency-key-reused")
    assert len(as_agent("KF003").get("/orders").json()["items"]) == 1
    assert len(published()) == 2


def test_an_order_is_also_a_won_touch_in_the_history__R16_R28(as_agent: As, order_body: Body, player: str) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    as_agent("KF003").post("/touches", {"player_id": player, "outcome": "thinking", "follow_up_on": tomorrow})

    order = sell(as_agent("KF003"), order_body())

    won, thinking = as_agent("KF003").get("/touches", player_id=player).json()["items"]
    if won["outcome"] != "won":  # the payment was a minute before the talk
        won, thinking = thinking, won
    assert (won["outcome"], won["pack_code"], won["order_id"]) == ("won", "7K2QX", order["order_id"])
    assert won["occurred_at"] == order["paid_at"]
    assert thinking["order_id"] is None
    assert as_agent("KF003").get("/follow-ups").json()["items"] == [], "the sale answers the open question"


def test_the_only_account_in_the_packs_game_is_taken_and_frozen(
    as_agent: As, order_body: Body, player: str, known_profile: Callable[..., str]
) -> None:
    profile_id = known_profile(player, server="一区", game_account_id="100")
    known_profile(player, "sanguo")
    known_profile(player, state="not_found", game_account_id="gone")
    known_profile(player, state="pending", game_account_id=None, server=None)

    order = sell(as_agent("KF003"), order_body())
    frozen = {"profile_id": profile_id, "game_id": "xiyou", "server": "一区", "game_account_id": "100"}
    assert order["profile"] == frozen
    known_profile(player, profile_id=profile_id, server="合服一区", game_account_id="100", version=2)

    assert as_agent("KF003").get(f"/orders/{order['order_id']}").json()["profile"] == frozen


def test_of_several_accounts_one_has_to_be_named(
    as_agent: As, order_body: Body, player: str, known_player: Callable[..., str], known_profile: Callable[..., str]
) -> None:
    _, second = known_profile(player, state="ambiguous"), known_profile(player, state="ambiguous")
    other_game, stranger = known_profile(player, "sanguo"), known_profile(known_player())

    assert refusal(as_agent("KF003").post("/orders", order_body())) == (422, "profile-required", "/profile_id")
    for wrong in (other_game, stranger):
        refused = as_agent("KF003").post("/orders", order_body(profile_id=wrong))
        assert refusal(refused) == (422, "unknown-profile", "/profile_id")
    on_its_way = str(uuid4())
    refused = as_agent("KF003").post("/orders", order_body(profile_id=on_its_way))
    assert refusal(refused) == (409, "reference-not-yet-known", "/profile_id")
    assert refused.json()["reference"] == {"kind": "profile", "id": on_its_way}
    assert sell(as_agent("KF003"), order_body(profile_id=second))["profile"]["profile_id"] == second


def test_without_any_known_account_the_order_has_none(as_agent: As, order_body: Body) -> None:
    assert sell(as_agent("KF003"), order_body())["profile"] is None


def test_seller_or_lead_cancels_with_a_reason_and_the_payment_is_free_again(as_agent: As, order_body: Body) -> None:
    body = order_body(transaction_id="T-1", method="bank_transfer")
    order = sell(as_agent("KF003"), body)
    path = f"/orders/{order['order_id']}/cancel"

    assert as_agent("KF004").post(path, {"reason": "录错"}, version=1).status_code == 403
    assert as_agent("KF003").post(path, {}, version=1).status_code == 400
    assert as_agent("KF003").post(path, {"reason": "录错"}).status_code == 428
    cancelled = as_agent("KF003").post(path, {"reason": "录错"}, version=1).json()
    assert (cancelled["state"], cancelled["cancelled_by"], cancelled["cancel_reason"]) == ("cancelled", "KF003", "录错")
    assert refusal(as_agent("KF002").post(path, {"reason": "再来"}, version=2))[:2] == (422, "not-cancellable")
    sell(as_agent("KF003"), body)


def test_leads_cancel_orders_of_their_own_team__R17(as_agent: As, order_body: Body) -> None:
    for by, status in (("KF005", 403), ("KF002", 200), ("KF001", 200)):
        path = f"/orders/{sell(as_agent('KF003'), order_body())['order_id']}/cancel"
        assert as_agent(by).post(path, {"reason": "录错"}, version=1).status_code == status, by


@pytest.mark.parametrize("seller", ["KF003", "KF002", "KF001"])
def test_nobody_cancels_his_own_verified_order__R17(as_agent: As, order_body: Body, seller: str) -> None:
    path = f"/orders/{sell(as_agent(seller), order_body())['order_id']}/cancel"

    refused = as_agent(seller).post(path, {"reason": "录错"}, version=1)

    assert refusal(refused)[:2] == (403, "own-order")
    other = "KF001" if seller != "KF001" else "KF002"
    assert as_agent(other).post(path, {"reason": "录错"}, version=1).json()["state"] == "cancelled"


def test_unknown_orders_are_not_found(as_agent: As, unknown_id: str) -> None:
    assert as_agent("KF003").get(f"/orders/{unknown_id}").status_code == 404
    assert as_agent("KF001").post(f"/orders/{unknown_id}/verify", version=1).status_code == 404
    assert as_agent("KF003").post(f"/orders/{unknown_id}/cancel", {"reason": "无"}, version=1).status_code == 404


def test_unknown_player_and_pack_are_named_and_nothing_is_stored(
    as_agent: As, order_body: Body, unknown_id: str, published: Published
) -> None:
    refused = as_agent("KF003").post("/orders", order_body(player_id=unknown_id))
    assert refusal(refused) == (409, "reference-not-yet-known", "/player_id")
    refused = as_agent("KF003").post("/orders", order_body(pack_code="zzzzz"))
    assert refused.json()["reference"] == {"kind": "pack", "id": "ZZZZZ"}
    assert published() == []


def test_orders_are_listed_newest_first_with_filters_and_pages__R26(
    as_agent: As, order_body: Body, known_player: Callable[..., str]
) -> None:
    other = known_player()
    made = [sell(as_agent(seller), order_body()) for seller in ("KF003", "KF002", "KF003")]
    made.append(sell(as_agent("KF003"), order_body(player_id=other)))
    as_agent("KF002").post(f"/orders/{made[0]['order_id']}/cancel", {"reason": "录错"}, version=1)

    def numbers(**params: Any) -> list[str]:
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = as_agent("KF004").get("/orders", limit=2, **params, **cursor).json()
            found += [order["number"] for order in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    assert numbers() == ["O-000004", "O-000003", "O-000002", "O-000001"]
    assert numbers(player_id=f"{other},{made[0]['player_id']}") == numbers()
    assert numbers(player_id=other) == ["O-000004"]
    assert numbers(seller="KF002") == ["O-000002"]
    assert numbers(state="cancelled") == ["O-000001"]
    assert numbers(state="paid", seller="KF003") == ["O-000004", "O-000003"]


def test_each_change_of_an_order_is_one_event_without_free_text__I1(
    as_agent: As, order_body: Body, published: Published
) -> None:
    order = sell(as_agent("KF003"), order_body(method="bank_transfer", amount_paid_fen=1, difference_reason="秘密的话"))
    as_agent("KF001").post(f"/orders/{order['order_id']}/verify", version=1)
    as_agent("KF002").post(f"/orders/{order['order_id']}/cancel", {"reason": "秘密的话"}, version=2)

    rows = [row for row in published() if row.aggregate_id == order["order_id"]]
    assert [(r.version, r.payload["state"], r.payload["verified"], r.actor) for r in rows] == [
        (1, "paid", False, "KF003"),
        (2, "paid", True, "KF001"),
        (3, "cancelled", True, "KF002"),
    ]
    assert rows[0].payload["number"] == "O-000001"
    assert all("秘密" not in str(row.payload) and order["transaction_id"] not in str(row.payload) for row in rows)


BAD_FIELDS: list[dict[str, Any]] = [
    {"amount_paid_fen": -1},
    {"amount_paid_fen": 80.5},
    {"amount_paid_fen": "8000"},
    {"method": "cash"},
    {"transaction_id": ""},
    {"transaction_id": "a b"},
    {"paid_at": "yesterday"},
    {"paid_at": "2026-01-05 20:15:00"},
    {"pack_revision": 0},
    {"player_id": "42"},
    {"pack_code": "7K2-QX"},
    {"player_id": None},
    {"paid_at": None},
]


def test_bad_input_is_refused_with_its_field(as_agent: As, order_body: Body) -> None:
    agent = as_agent("KF003")
    for fields in BAD_FIELDS:
        refused = agent.post("/orders", order_body(**fields))
        assert refusal(refused) == (400, "validation", f"/{next(iter(fields))}")
    assert refusal(agent.post("/orders", order_body(surprise=1))) == (400, "validation", "")
