"""To which account an order is delivered that was sold before one was known, or by an account of two records (B7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_sales.commands import orders
from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Sell = Callable[..., str]
Profile = Callable[..., str]


@pytest.fixture
def sell(as_agent: As, order_body: Body) -> Sell:
    """`sell(**fields)`: the path of an order of KF003's player."""

    def made(**fields: Any) -> str:
        response = as_agent("KF003").post("/orders", order_body(**fields))
        assert response.status_code == 201, response.text
        return f"/orders/{response.json()['order_id']}"

    return made


@pytest.fixture
def delivery(as_agent: As) -> Callable[[str], dict[str, Any]]:
    return lambda path: as_agent("KF003").get(path).json()["delivery"]


Read = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(("method", "state"), [("wechat_pay", "queued"), ("bank_transfer", "waiting")])
def test_an_account_that_comes_after_the_sale_is_taken_by_a_person_alone__B7(
    as_agent: As, sell: Sell, delivery: Read, known_profile: Profile, player: str, method: str, state: str
) -> None:
    """The first that comes may be one of several: he has two phones, and the other one's is on its way."""
    path = sell(method=method)
    _, second = known_profile(player), known_profile(player)
    assert (delivery(path)["state"], delivery(path)["account"]) == ("not_possible", None)
    unnamed = as_agent("KF003").post(f"{path}/delivery/retry", {}, version=1)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (422, "/profile_id")

    chosen = as_agent("KF003").post(f"{path}/delivery/retry", {"profile_id": second}, version=1)

    assert chosen.status_code == 200, chosen.text
    assert (delivery(path)["state"], delivery(path)["account"]["profile_id"]) == (state, second)


def test_an_order_without_an_account_is_one_of_its_packs_game__B7(
    as_agent: As, sell: Sell, published: Callable[[], list[Any]]
) -> None:
    path = sell()
    assert published()[-1].payload["game_id"] == "xiyou"
    found = as_agent("KF003").get("/deliveries", game="xiyou", state="not_possible").json()["items"]
    assert [f"/orders/{each['order_id']}" for each in found] == [path]


def test_the_account_of_a_quote_stays_his_when_two_records_of_it_are_one(
    as_agent: As,
    promise: Callable[..., Any],
    sale_of: Body,
    known_profile: Profile,
    known_player: Callable[..., str],
    player: str,
) -> None:
    """The other record's profile comes first in every list: this one's is the duplicate."""
    other = known_player()
    known_profile(other, game_account_id="XIY-1", profile_id="00000000-0000-7000-8000-000000000001")
    profile = known_profile(player, game_account_id="XIY-1")
    quote = promise(profile_id=profile)

    known_player(player_id=other, version=2, merged_into=player)

    sold = as_agent("KF003").post("/orders", sale_of(quote))
    assert (sold.status_code, sold.json()["profile"]["profile_id"]) == (201, profile), sold.text


def test_a_payment_that_was_freed_at_the_same_moment_is_sold_against(
    sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the conflict and the look at whose it is, the other order was cancelled."""
    insert, answers = orders.repository.insert_order, [None]
    monkeypatch.setattr(orders.repository, "insert_order", lambda *given: answers.pop() if answers else insert(*given))
    assert sell()
