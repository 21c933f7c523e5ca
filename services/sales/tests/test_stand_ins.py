"""Selling in another's place, for some days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.business_days import business_day
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]


def slug(response: Any) -> tuple[int, str, str | None]:
    body = response.json()
    pointer = body["errors"][0]["pointer"] if body.get("errors") else None
    return response.status_code, body["type"].removeprefix("urn:gamedesk:problem:"), pointer


def today() -> date:
    return business_day(datetime.now(UTC))


def place(
    stand_in: str = "KF004", owner: str = "KF003", first: int = 0, last: int = 0, **fields: Any
) -> dict[str, Any]:
    """`stand_in` for `owner`, from one day to another, counted from today."""
    return {
        "owner_agent_id": owner,
        "stand_in_agent_id": stand_in,
        "from_on": (today() + timedelta(days=first)).isoformat(),
        "until_on": (today() + timedelta(days=last)).isoformat(),
        "reason": "休假",
        **fields,
    }


@pytest.fixture
def arrange(as_agent: As) -> Callable[..., dict[str, Any]]:
    def create(by: str = "KF002", **fields: Any) -> dict[str, Any]:
        response = as_agent(by).post("/stand-ins", place(**fields))
        assert response.status_code == 201, response.text
        return response.json()

    return create


def test_nobody_stands_in_for_longer_than_a_quarter(as_agent: As) -> None:
    refused = as_agent("KF002").post("/stand-ins", place(first=1, last=93))
    assert slug(refused) == (400, "validation", "/until_on")
    assert as_agent("KF002").post("/stand-ins", place(first=1, last=92)).status_code == 201


def test_the_last_day_that_there_is_is_answered(as_agent: As, order_body: Body) -> None:
    last = "9999-12-31"
    refused = as_agent("KF002").post("/stand-ins", place(from_on=last, until_on=last))
    assert slug(refused) == (400, "validation", "/from_on"), "as every day of sales that lies after the year 2999"
    last = "2999-12-31"
    assert as_agent("KF002").post("/stand-ins", place(from_on=last, until_on=last)).status_code == 201
    assert slug(as_agent("KF002").get("/stand-ins", on="9999-12-31")) == (400, "validation", "/query/on")
    quotes, orders = partial(as_agent("KF003").get, "/quotes"), partial(as_agent("KF003").post, "/orders")
    latest, beyond = "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"
    assert quotes(expires_before=latest).json()["items"] == []
    assert slug(quotes(expires_before=beyond)) == (400, "validation", "/query/expires_before")
    assert slug(orders(order_body(paid_at=latest))) == (422, "time-in-future", "/paid_at")
    assert slug(orders(order_body(paid_at=beyond))) == (400, "validation", "/paid_at")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "1999-12-31T15:59:59Z", "1999-12-31T23:59:59+08:00"]
)
def test_what_happened_before_any_day_that_is_counted_is_refused(
    as_agent: As, order_body: Body, player: str, moment: str
) -> None:
    agent = as_agent("KF003")
    assert slug(agent.post("/orders", order_body(paid_at=moment))) == (400, "validation", "/paid_at")
    touch = {"player_id": player, "outcome": "no_reply", "occurred_at": moment}
    assert slug(agent.post("/touches", touch)) == (400, "validation", "/occurred_at")


def test_what_happened_on_the_first_day_that_is_counted_is_recorded(as_agent: As, order_body: Body) -> None:
    assert as_agent("KF003").post("/orders", order_body(paid_at="2000-01-01T00:00:00+08:00")).status_code == 201


def test_a_stand_in_quotes_and_sells_and_has_the_credit(
    as_agent: As, order_body: Body, arrange: Callable[..., Any], pack: dict[str, Any], player: str, database: Database
) -> None:
    assert slug(as_agent("KF004").post("/orders", order_body())) == (403, "not-your-player", "/player_id")

    made = arrange()

    assert (made["in_force"], made["created_by"], made["reason"]) == (True, "KF002", "休假")
    promise = {"player_id": player, "pack_code": pack["code"], "pack_revision": 1, "price_fen": 8_000}
    quote = as_agent("KF004").post("/quotes", promise).json()
    order = as_agent("KF004").post("/orders", order_body()).json()
    assert (quote["agent_id"], quote["stand_in"]) == ("KF004", True)
    assert (order["seller_agent_id"], order["stand_in"]) == ("KF004", True)
    assert as_agent("KF003").post("/orders", order_body()).json()["stand_in"] is False
    assert as_agent("KF002").post("/orders", order_body()).json()["stand_in"] is False, "the lead needs no leave"
    with database.begin() as tx:
        teams = tx.execute(text("SELECT seller_team FROM orders ORDER BY number")).scalars().all()
    assert teams == ["B", "A", "A"], "credit goes to the seller's team of then"


def test_a_stand_in_sells_to_that_owners_players_alone(
    as_agent: As, order_body: Body, arrange: Callable[..., Any], known_player: Callable[..., str]
) -> None:
    arrange()
    others = known_player("KF002")
    assert as_agent("KF004").post("/orders", order_body(player_id=others)).status_code == 403


@pytest.mark.parametrize(("first", "last", "status"), [(1, 2, 403), (-3, 0, 201), (0, 5, 201)])
def test_a_stand_in_sells_on_his_days(
    as_agent: As, order_body: Body, arrange: Callable[..., Any], first: int, last: int, status: int
) -> None:
    arrange(first=first, last=last)
    assert as_agent("KF004").post("/orders", order_body()).status_code == status


def test_when_his_days_are_over_he_sells_no_more(
    as_agent: As, order_body: Body, arrange: Callable[..., Any], database: Database
) -> None:
    arrange(first=-5)
    with database.begin() as tx:
        tx.execute(text("UPDATE stand_ins SET until_on = :day"), {"day": today() - timedelta(days=1)})
    assert as_agent("KF004").post("/orders", order_body()).status_code == 403


def test_leads_arrange_it_for_agents_of_their_team(as_agent: As) -> None:
    for by, status in (("KF003", 403), ("KF005", 403), ("KF002", 201), ("KF001", 201)):
        assert as_agent(by).post("/stand-ins", place()).status_code == status, by
    lead = as_agent("KF002")
    assert slug(lead.post("/stand-ins", place(owner="KF999"))) == (422, "unknown-agent", "/owner_agent_id")
    assert slug(lead.post("/stand-ins", place(stand_in="KF999"))) == (422, "unknown-agent", "/stand_in_agent_id")
    assert slug(lead.post("/stand-ins", place(stand_in="KF003"))) == (400, "validation", "/stand_in_agent_id")
    assert slug(lead.post("/stand-ins", place(first=2, last=1))) == (400, "validation", "/until_on")
    assert slug(lead.post("/stand-ins", place(first=-2, last=-1))) == (400, "validation", "/until_on")
    assert slug(lead.post("/stand-ins", place(until_on="2026-02-30")))[:2] == (400, "validation")
    assert lead.post("/stand-ins", place(reason=" ")).status_code == 400


def test_an_agent_who_left_stands_in_for_nobody(as_agent: As, feed: Any) -> None:
    gone = {"agent_id": "KF004", "role": "agent", "team": "B", "active": False}
    feed("players.agent.updated.v1", "KF004", gone, 2)
    assert slug(as_agent("KF002").post("/stand-ins", place())) == (422, "unknown-agent", "/stand_in_agent_id")


def test_it_is_ended_at_once(as_agent: As, order_body: Body, arrange: Callable[..., Any]) -> None:
    path = f"/stand-ins/{arrange(last=5)['stand_in_id']}/end"

    assert as_agent("KF005").post(path, version=1).status_code == 403
    assert as_agent("KF002").post(path).status_code == 428
    ended = as_agent("KF002").post(path, version=1).json()
    assert (ended["in_force"], ended["ended_by"]) == (False, "KF002")
    assert as_agent("KF004").post("/orders", order_body()).status_code == 403
    stale = as_agent("KF001").post(path, version=1)
    assert (stale.status_code, stale.json()["current"]["ended_by"]) == (412, "KF002")
    assert slug(as_agent("KF001").post(path, version=2))[:2] == (422, "stand-in-over")


def test_stand_ins_are_listed(as_agent: As, arrange: Callable[..., Any], unknown_id: str) -> None:
    now, later = arrange(), arrange(stand_in="KF005", first=1, last=1)
    other = arrange("KF001", owner="KF005", last=1)

    def found(**params: Any) -> list[str]:
        return [each["stand_in_id"] for each in as_agent("KF003").get("/stand-ins", **params).json()["items"]]

    assert found() == [other["stand_in_id"], later["stand_in_id"], now["stand_in_id"]]
    assert found(owner="KF003") == [later["stand_in_id"], now["stand_in_id"]]
    assert found(stand_in="KF005") == [later["stand_in_id"]]
    assert found(on=today().isoformat()) == [other["stand_in_id"], now["stand_in_id"]]
    page = as_agent("KF003").get("/stand-ins", limit=2).json()
    assert found(cursor=page["next_cursor"]) == [now["stand_in_id"]]
    assert as_agent("KF002").post(f"/stand-ins/{unknown_id}/end", version=1).status_code == 404
