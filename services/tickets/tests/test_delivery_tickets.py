"""What was paid and not delivered in time has one ticket: B7."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import examples_of
from gamedesk_tickets.consumers import FROM_SALES
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, hear_of_player

ORDER_UPDATED = "sales.order.updated.v1"
ORDER = "019aa1b4-00bb-7000-8000-000000000009"
OVERDUE_SINCE = "2026-11-20T10:31:00Z"


def order_event(version: int, state: str = "queued", *, republication: bool = False, **fields: Any) -> Event:
    data = {
        "order_id": ORDER,
        "number": "O-000009",
        "player_id": PLAYER_OF_KF003,
        "seller_agent_id": "KF003",
        "pack_code": "7K2QX",
        "game_id": "xiyou",
        "paid_at": "2026-11-20T10:00:00Z",
        "delivery_state": state,
        "delivery_overdue_since": OVERDUE_SINCE,
        **fields,
    }
    return Event(
        id=new_id(),
        source="/sales",
        type=ORDER_UPDATED,
        subject=data["order_id"],
        time=datetime.now(UTC),
        aggregateversion=version,
        data=data,
        republication=republication,
    )


def hear_of(database: Database, *received: Event) -> None:
    """Through inbox and consumer, as the worker does; nothing may end among the dead letters."""
    processor = Processor(database, "tickets-sales", FROM_SALES)
    deliveries = [Delivery(event.type, event.to_bytes()) for event in received]
    assert processor.process(deliveries) == [Verdict.DONE] * len(received)
    with database.begin() as tx:
        assert tx.execute(text("SELECT error FROM dead_letter")).all() == []


def tickets(agent: ApiClient) -> list[dict[str, Any]]:
    found = agent.get("/tickets", player_id=PLAYER_OF_KF003).json()["items"]
    return [agent.get(f"/tickets/{ticket['ticket_id']}").json() for ticket in found]


def notes(agent: ApiClient, ticket: dict[str, Any]) -> list[str]:
    entries = agent.get(f"/tickets/{ticket['ticket_id']}/entries").json()["items"]
    return [entry["text"] for entry in entries if entry["kind"] == "note"]


def test_an_overdue_delivery_opens_a_ticket_for_the_players_owner__B7(
    database: Database, agent: ApiClient, published: Callable[[], list[Any]]
) -> None:
    hear_of(database, order_event(2))

    [ticket] = tickets(agent)
    assert (ticket["title"], ticket["category"], ticket["priority"]) == ("订单 O-000009 未到账", "payment", "high")
    assert (ticket["state"], ticket["responsible_agent_id"], ticket["created_by"]) == ("pending", "KF003", "system")
    assert (ticket["asked_at"], ticket["game_id"]) == (OVERDUE_SINCE, "xiyou")
    assert "7K2QX，2026-11-20 18:00 付款" in ticket["detail"]
    assert [row.payload["ticket_id"] for row in published()] == [ticket["ticket_id"]]


def test_one_order_has_one_ticket__B7(database: Database, agent: ApiClient) -> None:
    first = order_event(2)
    hear_of(database, first, first, order_event(2), order_event(3, "failed"), order_event(4))
    assert len(tickets(agent)) == 1
    hear_of(database, order_event(2, order_id=str(new_id()), number="O-000010"))
    assert len(tickets(agent)) == 2


def test_two_consumers_at_once_open_one_ticket__B7(database: Database, agent: ApiClient) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda version: hear_of(database, order_event(version)), range(2, 6)))
    assert len(tickets(agent)) == 1


@pytest.mark.parametrize(("state", "said"), [("delivered", "已到账"), ("stopped", "已取消或退款")])
def test_the_ticket_tells_that_nothing_is_owed_any_more__B7(
    database: Database, agent: ApiClient, state: str, said: str
) -> None:
    hear_of(database, order_event(2), order_event(3, state), order_event(4, state))
    [ticket] = tickets(agent)
    assert ticket["state"] == "pending"  # that the player knows it is his agent's to say
    [note] = notes(agent, ticket)
    assert said in note
    assert "O-000009" in note


def test_the_ticket_is_corrected_when_what_was_stopped_turns_out_delivered__B7(
    database: Database, agent: ApiClient
) -> None:
    hear_of(
        database, order_event(2), order_event(3, "stopped"), order_event(4, "delivered"), order_event(5, "delivered")
    )
    [ticket] = tickets(agent)
    assert sorted(notes(agent, ticket)) == ["订单 O-000009 已到账。", "订单 O-000009 已取消或退款，不再发放。"]


def test_the_ticket_tells_again_what_was_owed_again_in_between__B7(database: Database, agent: ApiClient) -> None:
    hear_of(database, *[order_event(v, s) for v, s in enumerate(("queued", "delivered", "failed", "delivered"), 2)])
    [ticket] = tickets(agent)
    assert notes(agent, ticket) == ["订单 O-000009 已到账。"] * 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_is_known_to_be_settled_is_that_of_the_newest_event__I10(
    database: Database, order: tuple[int, ...]
) -> None:
    history = [order_event(2), order_event(3, "stopped"), order_event(4, "delivered")]
    hear_of(database, *[history[place] for place in order])
    with database.begin() as tx:
        assert tx.execute(text("SELECT told, version FROM delivery_tickets")).all() == [("delivered", 4)]


def test_what_is_not_overdue_or_was_delivered_when_we_hear_of_it_has_no_ticket__B7(
    database: Database, agent: ApiClient
) -> None:
    hear_of(database, order_event(1, delivery_overdue_since=None), order_event(3, "delivered"), order_event(2))
    assert tickets(agent) == []


def test_a_republication_opens_no_ticket_and_keeps_none_from_being_opened(database: Database, agent: ApiClient) -> None:
    hear_of(database, order_event(2, republication=True))
    assert tickets(agent) == []
    hear_of(database, order_event(2))
    assert len(tickets(agent)) == 1


def test_events_of_before_there_were_deliveries_are_understood(database: Database, agent: ApiClient) -> None:
    old = order_event(1)
    for field in ("delivery_state", "delivery_overdue_since", "game_id"):
        del old.data[field]
    hear_of(database, old)
    assert tickets(agent) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_the_events_leaves_at_most_one_ticket_and_one_note__I10(
    database: Database, agent: ApiClient, order: tuple[int, ...]
) -> None:
    history = [order_event(2), order_event(3, "failed"), order_event(4, "delivered")]
    hear_of(database, *[history[place] for place in order], *history)
    found = tickets(agent)
    assert len(found) <= 1
    assert [len(notes(agent, ticket)) for ticket in found] == [1] * len(found)


def test_nothing_is_recorded_about_who_was_erased(database: Database, agent: ApiClient) -> None:
    hear_of(database, order_event(2))
    with database.begin() as tx:
        tx.execute(text("UPDATE player_copies SET erased = true"))
    hear_of(database, order_event(3, "delivered"), order_event(2, order_id=str(new_id())))
    assert len(tickets(agent)) == 1
    assert notes(agent, tickets(agent)[0]) == []


def test_a_player_who_is_not_known_yet_gets_his_owner_later(database: Database, as_agent: Any) -> None:
    player_id = str(new_id())
    hear_of(database, order_event(2, player_id=player_id))
    hear_of_player(database, player_id, "KF004")
    [ticket] = as_agent("KF004").get("/tickets", player_id=player_id).json()["items"]
    assert ticket["responsible_agent_id"] == "KF004"


@pytest.mark.parametrize("path", examples_of(ORDER_UPDATED), ids=lambda path: path.stem)
def test_every_example_of_orders_is_understood(database: Database, path: Any) -> None:
    received = Event.from_bytes(path.read_bytes())
    hear_of(database, received)
    with database.begin() as tx:
        opened = tx.execute(text("SELECT count(*) FROM tickets")).scalar_one()
    assert opened == (path.stem == "overdue")
