"""What sales adds to a player's timeline: each thing once, the last recorded first, by pages (B10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_sales.model.deliveries import place_of, record_id
from gamedesk_testing.api_client import ApiClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from .test_refunds import refund

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
KINDS = ("touch", "order", "quote", "refund", "delivery")


@pytest.fixture
def delivered(database: Database) -> Callable[..., None]:
    """`delivered(order_id, at)`: as if the game had delivered it then."""

    def deliver(order_id: str, at: datetime) -> None:
        values = {"id": order_id, "at": at}
        with database.begin() as tx:
            update = "UPDATE deliveries SET state = 'delivered', delivered_at = :at WHERE order_id = :id"
            tx.execute(text(update), values)

    return deliver


def records(agent: ApiClient, player: str, **query: Any) -> list[dict[str, Any]]:
    answer = agent.get("/player-records", player_id=player, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_each_thing_that_happened_is_there_once_with_what_it_is_about__B10(
    as_agent: As, player: str, promise: Any, sale_of: Body, delivered: Callable[..., None]
) -> None:
    agent = as_agent("KF003")
    touch = agent.post("/touches", {"player_id": player, "outcome": "no_reply"}).json()
    quote = promise()
    order = agent.post("/orders", sale_of(quote)).json()
    delivered(order["order_id"], datetime.now(UTC))
    given = as_agent("KF002").post(f"/orders/{order['order_id']}/refunds", refund(1_000)).json()

    found = records(agent, player)

    assert [record["kind"] for record in found] == ["refund", "delivery", "order", "quote", "touch"]
    about = {record["kind"]: record[record["kind"]] for record in found}
    assert about["touch"]["touch_id"] == touch["touch_id"]
    assert (about["quote"]["quote_id"], about["quote"]["state"]) == (quote["quote_id"], "sold")
    assert about["order"]["order_id"] == about["delivery"]["order_id"] == order["order_id"]
    assert (about["delivery"]["state"], about["refund"]) == ("delivered", given)
    for record in found:
        assert [kind for kind in KINDS if record[kind] is not None] == [record["kind"]]
    assert found[0]["happened_at"] == given["refunded_at"]


def test_what_is_not_delivered_is_not_told_as_if_it_were__B10(as_agent: As, player: str, order_body: Body) -> None:
    as_agent("KF003").post("/orders", order_body())

    assert [record["kind"] for record in records(as_agent("KF003"), player)] == ["order"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_hold_each_record_once__even_of_one_millisecond__B10(
    as_agent: As, player: str, order_body: Body, delivered: Callable[..., None], limit: int
) -> None:
    agent = as_agent("KF003")
    moment = datetime.now(UTC).replace(microsecond=500_000)
    for n in range(5):
        order = agent.post("/orders", order_body(transaction_id=f"T{n}")).json()
        delivered(order["order_id"], moment + timedelta(microseconds=n % 2, milliseconds=n // 4))

    whole, paged, before = [r["record_id"] for r in records(agent, player)], [], {}
    while page := records(agent, player, limit=limit, **before):
        paged += [record["record_id"] for record in page]
        before = {"before": paged[-1]}

    assert paged == whole == sorted(set(whole), reverse=True)
    assert len(whole) == 10


@pytest.mark.parametrize("before", ["ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-000000000000"])
def test_a_place_out_of_all_time_is_none(as_agent: As, player: str, order_body: Body, before: str) -> None:
    as_agent("KF003").post("/orders", order_body())

    assert len(records(as_agent("KF003"), player, before=before)) == (1 if before.startswith("f") else 0)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_a_delivery_is_called_as_if_its_name_were_made_when_it_happened__B10(moment: datetime) -> None:
    at, order_id = moment.replace(tzinfo=UTC), new_id()

    name = record_id(order_id, at)

    assert place_of(name) == (at.replace(microsecond=at.microsecond // 1000 * 1000), order_id.bytes[6:])
    assert (name.version, name < UUID(int=2**128 - 1)) == (7, True)
    assert record_id(order_id, at + timedelta(milliseconds=1)) > name
