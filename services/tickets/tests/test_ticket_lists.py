"""Which tickets a list holds, and in which order (R12, B6)."""

from __future__ import annotations

from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .clocked_desk import DAY, Desk, shanghai
from .conftest import PLAYER_OF_KF003, NewTicket, hear_of_player


def numbers(agent: ApiClient, **filters: Any) -> list[str]:
    answer = agent.get("/tickets", **filters)
    assert answer.status_code == 200, answer.text
    return [ticket["number"] for ticket in answer.json()["items"]]


def test_lists_by_what_is_due_first_page_to_the_end(desk: Desk, agent: ApiClient) -> None:
    desk.asked("10:00")  # due 11:00
    desk.asked("10:00", priority="urgent")  # due 10:15
    desk.asked("10:00")
    desk.replied("10:10")
    desk.edited("10:20", waiting_on="player")  # no deadline
    desk.asked("09:00")
    desk.moved("09:30", "done")
    desk.asked("10:00", priority="high")  # due 10:30
    desk.asked("10:00")
    desk.replied("10:10")
    desk.edited("10:20", waiting_on="player")  # no deadline

    expected = ["T-000002", "T-000005", "T-000001", "T-000003", "T-000006"]
    assert numbers(agent, order="due") == expected
    for limit in (1, 2, 3):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = agent.get("/tickets", order="due", limit=limit, responsible="KF003", **cursor).json()
            seen += [ticket["number"] for ticket in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == expected
    assert numbers(agent, order="due", state="done") == []


def test_lists_of_what_is_overdue(desk: Desk, agent: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.asked("10:00")
    desk.asked("10:00", priority="urgent")
    desk.asked("10:00", priority="urgent")
    desk.replied("10:10")

    monkeypatch.setattr("gamedesk_tickets.api.tickets.now", lambda: shanghai("10:30"))

    assert numbers(agent, overdue="true") == ["T-000002"]
    assert numbers(agent, overdue="true", priority="normal") == []


def test_lists_by_the_day_of_asking_in_shanghai(desk: Desk, agent: ApiClient) -> None:
    desk.asked("00:00", recorded="+1 10:00")
    desk.asked("-1 23:59", recorded="+1 10:00")
    desk.asked("23:59", recorded="+1 10:00")
    desk.asked("+1 00:00", recorded="+1 10:00")

    assert numbers(agent, asked_from=DAY, asked_to=DAY) == ["T-000003", "T-000001"]
    assert numbers(agent, asked_to=DAY, order="oldest") == ["T-000002", "T-000001", "T-000003"]
    assert numbers(agent, asked_from=DAY) == ["T-000004", "T-000003", "T-000001"]
    page = agent.get("/tickets", asked_from=DAY, limit=2).json()
    assert numbers(agent, asked_from=DAY, cursor=page["next_cursor"]) == ["T-000001"]


@pytest.mark.parametrize(("name", "day"), [("asked_from", "0001-01-01"), ("asked_to", "9999-12-31")])
def test_a_day_that_begins_or_ends_outside_of_the_calendar_is_refused(agent: ApiClient, name: str, day: str) -> None:
    refused = agent.get("/tickets", **{name: day})
    body = refused.json()
    assert (refused.status_code, body["type"]) == (400, "urn:gamedesk:problem:validation")
    assert body["errors"][0]["pointer"] == f"/query/{name}"


@pytest.mark.parametrize(("name", "day"), [("asked_to", "0001-01-01"), ("asked_from", "9999-12-31")])
def test_the_first_and_the_last_day_of_the_calendar_are_asked_for(agent: ApiClient, name: str, day: str) -> None:
    found = agent.get("/tickets", **{name: day})
    assert (found.status_code, found.json()) == (200, {"items": [], "next_cursor": None})


def test_lists_by_what_a_ticket_is_about(
    desk: Desk, agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    first, second = new_ticket(category="bug", priority="high"), new_ticket(category="refund")
    assign = "UPDATE tickets SET game_id = 'xiyou', server = '一区', parent_ticket_id = :parent WHERE ticket_id = :id"
    with database.begin() as tx:
        tx.execute(text(assign), {"id": first["ticket_id"], "parent": second["ticket_id"]})

    for filters in (
        {"category": "bug"},
        {"priority": "high"},
        {"game": "xiyou"},
        {"game": "xiyou", "server": "一区"},
        {"parent": second["ticket_id"]},
    ):
        assert numbers(agent, **filters) == [first["number"]], filters
    assert numbers(agent, game="xiyou", server="二区") == []
    assert agent.get("/tickets", server="一区").json()["errors"][0]["pointer"] == "/query/server"
    assert agent.get(f"/tickets/{second['ticket_id']}").json()["children"] == {"open": 1, "done": 0}


def test_lists_by_tier_follow_the_player(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    ticket = new_ticket()
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=5, tier="whale")
    later = new_ticket()
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=4, tier="small")

    assert numbers(agent, tier="whale") == [later["number"], ticket["number"]]
    assert numbers(agent, tier="none") == []
