"""Giving money back: never more than was paid, never one's own sale."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_sales.events import ORDER_UPDATED
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import schema_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Feed

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Published = Callable[[], list[Any]]


def refund(amount_fen: int = 1_000, **fields: Any) -> dict[str, Any]:
    usual = {
        "amount_fen": amount_fen,
        "reason": "买错了",
        "method": "wechat_pay",
        "refunded_at": datetime.now(UTC).isoformat(),
    }
    return {**usual, **fields}


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


@pytest.fixture
def order(as_agent: As, order_body: Body) -> dict[str, Any]:
    """¥80, paid and confirmed, sold by KF003."""
    response = as_agent("KF003").post("/orders", order_body())
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture
def path(order: dict[str, Any]) -> str:
    return f"/orders/{order['order_id']}"


def test_part_and_then_all_is_given_back__refunds(
    as_agent: As, path: str, order: dict[str, Any], player: str, published: Published
) -> None:
    lead = as_agent("KF002")

    first = lead.post(f"{path}/refunds", refund(3_000, transaction_id=" r-1 ".strip()))

    assert first.status_code == 201, first.text
    given = first.json()
    assert (given["amount_fen"], given["refunded_by"], given["after_delivery"]) == (3_000, "KF002", False)
    assert (given["order_id"], given["player_id"], given["transaction_id"]) == (order["order_id"], player, "R-1")
    assert given["order_number"] == order["number"]
    after = lead.get(path).json()
    assert (after["state"], after["refunded_fen"], after["version"]) == ("partly_refunded", 3_000, 2)
    assert lead.post(f"{path}/refunds", refund(5_000)).status_code == 201
    whole = lead.get(path).json()
    assert (whole["state"], whole["refunded_fen"]) == ("refunded", 8_000)
    assert [each["amount_fen"] for each in whole["refunds"]] == [3_000, 5_000]
    assert [each["amount_fen"] for each in lead.get("/refunds", player_id=player).json()["items"]] == [5_000, 3_000]
    assert lead.get("/refunds", order_id=order["order_id"]).json()["items"] == whole["refunds"][::-1]
    last = published()[-1].payload
    schema_of(ORDER_UPDATED).validate(last)
    assert (last["state"], last["refunded_fen"], last["delivery_state"]) == ("refunded", 8_000, "stopped")


def test_never_more_than_was_paid__refunds(as_agent: As, path: str) -> None:
    lead = as_agent("KF002")
    assert lead.post(f"{path}/refunds", refund(7_999)).status_code == 201

    too_much = lead.post(f"{path}/refunds", refund(2))

    assert (too_much.status_code, slug(too_much), too_much.json()["left_fen"]) == (422, "not-refundable", 1)
    assert lead.post(f"{path}/refunds", refund(0)).status_code == 400


def test_nobody_refunds_his_own_sale_nor_another_teams__refunds(as_agent: As, path: str, order_body: Body) -> None:
    assert as_agent("KF003").post(f"{path}/refunds", refund()).status_code == 403
    assert as_agent("KF005").post(f"{path}/refunds", refund()).status_code == 403
    own = as_agent("KF002").post("/orders", order_body()).json()
    refused = as_agent("KF002").post(f"/orders/{own['order_id']}/refunds", refund())
    assert (refused.status_code, slug(refused)) == (403, "own-order")
    assert as_agent("KF001").post(f"/orders/{own['order_id']}/refunds", refund()).status_code == 201


def test_what_is_not_confirmed_or_cancelled_is_not_given_back__refunds(as_agent: As, order_body: Body) -> None:
    order = as_agent("KF003").post("/orders", order_body(method="bank_transfer")).json()
    path, lead = f"/orders/{order['order_id']}", as_agent("KF002")
    assert slug(lead.post(f"{path}/refunds", refund())) == "not-refundable"
    assert lead.post(f"{path}/cancel", {"reason": "没付"}, version=1).status_code == 200
    assert slug(lead.post(f"{path}/refunds", refund())) == "not-refundable"
    assert lead.post(f"/orders/{order['player_id']}/refunds", refund()).status_code == 404


def test_a_refund_is_neither_before_the_payment_nor_in_the_future__refunds(as_agent: As, path: str) -> None:
    lead, now = as_agent("KF002"), datetime.now(UTC)
    early = lead.post(f"{path}/refunds", refund(refunded_at=(now - timedelta(days=1)).isoformat()))
    late = lead.post(f"{path}/refunds", refund(refunded_at=(now + timedelta(days=1)).isoformat()))
    assert (slug(early), slug(late)) == ("not-refundable", "time-in-future")


def test_a_refunded_order_cannot_be_cancelled_or_confirmed(as_agent: As, path: str) -> None:
    lead = as_agent("KF002")
    lead.post(f"{path}/refunds", refund(1))
    assert slug(lead.post(f"{path}/cancel", {"reason": "错"}, version=2)) == "not-cancellable"
    assert slug(lead.post(f"{path}/verify", version=2)) == "nothing-to-verify"


def test_one_payment_back_is_recorded_once__refunds(as_agent: As, path: str) -> None:
    lead = as_agent("KF002")
    assert lead.post(f"{path}/refunds", refund(1, transaction_id="r1")).status_code == 201
    again = lead.post(f"{path}/refunds", refund(1, transaction_id="R1"))
    assert (again.status_code, slug(again)) == (409, "refund-exists")
    assert lead.get(path).json()["refunded_fen"] == 1


def test_the_same_key_refunds_once(as_agent: As, path: str) -> None:
    lead, body = as_agent("KF002"), refund(1)
    answers = [lead.post(f"{path}/refunds", body, key="the-same-key") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert lead.get(path).json()["refunded_fen"] == 1


def test_of_who_was_erased_no_words_about_a_refund_stay__erasure(
    as_agent: As, path: str, player: str, feed: Feed
) -> None:
    lead = as_agent("KF002")
    lead.post(f"{path}/refunds", refund(1, reason="王先生买错了"))
    gone = {"player_id": player, "owner_agent_id": "KF003", "tier": "none", "minor_band": "none"}
    feed("players.player.erased.v1", player, gone | {"merged_into": None, "erased": True}, 2)
    assert lead.post(f"{path}/refunds", refund(2, reason="王先生又来了")).status_code == 201
    order = lead.get(path).json()
    assert [(each["amount_fen"], each["reason"]) for each in order["refunds"]] == [(1, ""), (2, "")]


def test_fifty_at_once_never_give_back_more_than_was_paid(as_agent: As, path: str) -> None:
    lead = as_agent("KF002")
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: lead.post(f"{path}/refunds", refund(300)), range(50)))

    assert sorted(answer.status_code for answer in answers) == [201] * 26 + [422] * 24
    order = lead.get(path).json()
    assert (order["refunded_fen"], len(order["refunds"]), order["version"]) == (7_800, 26, 27)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(min_value=1, max_value=9_000), max_size=6))
def test_any_refunds_agree_with_plain_arithmetic(as_agent: As, order_body: Body, amounts: list[int]) -> None:
    order = as_agent("KF003").post("/orders", order_body()).json()
    lead, path, given_back = as_agent("KF002"), f"/orders/{order['order_id']}", 0
    for amount in amounts:
        fits = given_back + amount <= 8_000
        assert lead.post(f"{path}/refunds", refund(amount)).status_code == (201 if fits else 422)
        given_back += amount if fits else 0
        shown = lead.get(path).json()
        assert shown["refunded_fen"] == given_back == sum(each["amount_fen"] for each in shown["refunds"])
        state = "refunded" if given_back == 8_000 else "partly_refunded" if given_back else "paid"
        assert shown["state"] == state
