"""Lists by days of Asia/Shanghai, and orders by their number or that of the payment (R16, R17, B2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.orders import number_in
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .test_orders import As, Body, sell
from .test_refunds import refund

MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # begins 2 March in Shanghai
FIRST, SECOND = date(2026, 3, 1).isoformat(), date(2026, 3, 2).isoformat()
SHANGHAI = timedelta(hours=8)


def listed(client: ApiClient, path: str, field: str, **query: Any) -> list[Any]:
    """All pages of one."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        response = client.get(path, limit=1, **query, **cursor)
        assert response.status_code == 200, response.text
        page = response.json()
        found += [item[field] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def at(**shift: float) -> str:
    return (MIDNIGHT + timedelta(**shift)).isoformat()


def test_orders_are_listed_by_the_days_on_which_they_were_paid__R17(as_agent: As, order_body: Body) -> None:
    agent = as_agent("KF003")
    for paid_at in (at(days=1), at(), at(seconds=-1), at(days=-1)):
        sell(agent, order_body(paid_at=paid_at))
    sell(as_agent("KF002"), order_body(paid_at=at(hours=1), method="bank_transfer"))

    def numbers(**query: Any) -> list[int]:
        return [int(number.removeprefix("O-")) for number in listed(agent, "/orders", "number", **query)]

    assert numbers() == [5, 4, 3, 2, 1]
    assert numbers(paid_from=FIRST) == [1, 5, 2, 3, 4], "the last paid first"
    assert numbers(paid_from=SECOND, paid_to=SECOND) == [5, 2]
    assert numbers(paid_to=FIRST) == [3, 4]
    assert numbers(paid_from=FIRST, paid_to=SECOND, seller="KF003") == [2, 3, 4]
    assert numbers(paid_from=SECOND, team="A") == [1, 5, 2]
    assert numbers(paid_from=FIRST, verified="false") == [5]
    assert numbers(paid_from=SECOND, paid_to=FIRST) == []


@pytest.mark.parametrize("query", [{"paid_from": "2026-02-30"}, {"paid_to": "today"}, {"paid_from": "1999-12-31"}])
def test_a_day_that_is_none_is_refused__R17(as_agent: As, query: dict[str, str]) -> None:
    response = as_agent("KF003").get("/orders", **query)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, f"/query/{next(iter(query))}")


def test_a_cursor_goes_on_in_its_own_order__R17(as_agent: As, order_body: Body) -> None:
    agent = as_agent("KF003")
    sell(agent, order_body())
    sell(agent, order_body())
    cursor = agent.get("/orders", limit=1).json()["next_cursor"]

    assert agent.get("/orders", limit=1, cursor=cursor, paid_from=FIRST).status_code == 400


def test_an_order_is_found_by_its_number_or_that_of_its_payment__R17(as_agent: As, order_body: Body) -> None:
    agent = as_agent("KF003")
    sell(agent, order_body(transaction_id="4200001234"))
    sell(agent, order_body(transaction_id="ab-77"))
    sell(agent, order_body(transaction_id="1"))

    def found(q: str, **query: Any) -> list[str]:
        return listed(agent, "/orders", "number", q=q, **query)

    assert [found(q) for q in ("O-000002", "o2", " 2 ", "Ｏ－２")] == [["O-000002"]] * 4
    assert (found("4200001234"), found("AB-77"), found(" ab-77 ")) == (["O-000001"], ["O-000002"], ["O-000002"])
    assert found("1") == ["O-000003", "O-000001"], "one by the payment, one by the number"
    assert (found("1", seller="KF004"), found("4200"), found("O-000099")) == ([], [], [])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("O-000123", 123),
        ("o123", 123),
        ("000123", 123),
        ("Q-000123", None),
        ("0", None),
        ("12a", None),
        ("9" * 19, None),
    ],
)
def test_what_is_a_number_of_an_order(typed: str, number: int | None) -> None:
    assert number_in(typed) == number


def test_refunds_are_listed_by_the_days_on_which_they_were_given_back__R17(as_agent: As, order_body: Body) -> None:
    order = sell(as_agent("KF003"), order_body(paid_at=at(days=-9)))
    path, lead = f"/orders/{order['order_id']}/refunds", as_agent("KF002")
    for amount, refunded_at in ((1, at()), (2, at(seconds=-1)), (3, at(days=1))):
        assert lead.post(path, refund(amount, refunded_at=refunded_at)).status_code == 201

    def amounts(**query: Any) -> list[int]:
        return listed(lead, "/refunds", "amount_fen", **query)

    assert amounts() == [3, 2, 1]
    assert amounts(refunded_from=FIRST) == [3, 1, 2], "the last given back first"
    assert amounts(refunded_from=SECOND, refunded_to=SECOND) == [1]
    assert amounts(refunded_to=SECOND, order_id=order["order_id"]) == [1, 2]


def test_contacts_are_listed_by_the_days_on_which_they_happened__R16(
    as_agent: As, known_player: Callable[..., str]
) -> None:
    agent = as_agent("KF003")
    for state, occurred_at in (("a", at()), ("b", at(seconds=-1)), ("c", at(days=1))):
        body = {"player_id": known_player(), "outcome": "no_reply", "player_state": state, "occurred_at": occurred_at}
        assert agent.post("/touches", body).status_code == 201

    def states(**query: Any) -> list[str]:
        return listed(agent, "/touches", "player_state", **query)

    assert states(occurred_from=FIRST) == ["c", "a", "b"]
    assert states(occurred_from=SECOND, occurred_to=SECOND, agent="KF003") == ["a"]
    assert states(occurred_to=FIRST, outcome="no_reply") == ["b"]


def test_quotes_are_listed_by_the_days_on_which_they_were_made__B2(
    as_agent: As, promise: Callable[..., Any], known_player: Callable[..., str], database: Database
) -> None:
    made = [promise(player_id=known_player()) for _ in range(3)]
    today = (datetime.now(UTC) + SHANGHAI).date()
    begins = datetime(today.year, today.month, today.day, tzinfo=UTC) - SHANGHAI

    def numbers(**query: Any) -> list[str]:
        return listed(as_agent("KF003"), "/quotes", "number", **query)

    tomorrow, yesterday = (today + timedelta(days=1)).isoformat(), (today - timedelta(days=1)).isoformat()
    newest_first = [quote["number"] for quote in reversed(made)]
    assert numbers(made_from=today.isoformat(), made_to=tomorrow) == newest_first
    assert (numbers(made_to=yesterday), numbers(made_from=(today + timedelta(days=2)).isoformat())) == ([], [])
    with database.begin() as tx:
        moved = {"at": begins - timedelta(microseconds=1), "id": made[0]["quote_id"]}
        tx.execute(text("UPDATE quotes SET created_at = :at WHERE quote_id = :id"), moved)
    assert made[0]["number"] not in numbers(made_from=today.isoformat(), agent="KF003"), "to the very moment"
