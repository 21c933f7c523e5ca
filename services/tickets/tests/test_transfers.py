"""Handing tickets over: explicit, with a note, each with a fate of its own (R13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket, Timeline, hear_of_agent, hear_of_player
from .test_merged_and_erased_players import erase

As = Callable[[str], ApiClient]


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def transfer(client: ApiClient, to: str | None, *tickets: tuple[str, int], key: str | None = None) -> Any:
    named = [{"ticket_id": ticket_id, "version": version} for ticket_id, version in tickets]
    return client.post("/ticket-transfers", {"tickets": named, "to_agent_id": to, "note": "请接手，夜班"}, key=key)


def fates(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 200, response.text
    return [(item["ticket_id"], item["fate"]) for item in response.json()["items"]]


def test_each_ticket_has_a_fate_and_the_note_is_in_its_timeline__R13(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline, unknown_id: str
) -> None:
    fresh, changed = new_ticket(), new_ticket()
    agent.patch(f"/tickets/{changed['ticket_id']}", {"priority": "high"}, version=1)

    told = transfer(agent, "KF004", (fresh["ticket_id"], 1), (changed["ticket_id"], 1), (unknown_id, 1))

    assert fates(told) == [(fresh["ticket_id"], "moved"), (changed["ticket_id"], "stale"), (unknown_id, "not_found")]
    moved = agent.get(f"/tickets/{fresh['ticket_id']}").json()
    assert (moved["assignee_agent_id"], moved["version"]) == ("KF004", 2)
    entry = timeline(fresh)[-1]
    assert (entry["kind"], entry["text"], entry["agent_id"]) == ("transfer", "请接手，夜班", "KF003")
    assert entry["changes"] == [{"field": "assignee_agent_id", "before": None, "after": "KF004"}]
    assert agent.get(f"/tickets/{changed['ticket_id']}").json()["assignee_agent_id"] is None


def test_a_ticket_of_an_erased_player_stops_no_other__erasure(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    erased, other = new_ticket(), new_ticket(player_id=PLAYER_OF_KF004)
    erase(database)

    told = transfer(agent, "KF002", (erased["ticket_id"], 2), (other["ticket_id"], 1))

    assert fates(told) == [(erased["ticket_id"], "erased"), (other["ticket_id"], "moved")]


def test_what_is_the_agents_already_stays_as_it_is(agent: ApiClient, new_ticket: NewTicket, timeline: Timeline) -> None:
    ticket = new_ticket(assignee_agent_id="KF004")

    assert fates(transfer(agent, "KF004", (ticket["ticket_id"], 1))) == [(ticket["ticket_id"], "unchanged")]
    assert [entry["kind"] for entry in timeline(ticket)] == ["created"]
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["version"] == 1


def test_a_transfer_stays_when_the_player_is_handed_off__handoff(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    given, following = new_ticket(), new_ticket(assignee_agent_id="KF003")
    transfer(agent, "KF002", (given["ticket_id"], 1))
    transfer(agent, None, (following["ticket_id"], 1))

    hear_of_player(database, PLAYER_OF_KF003, "KF004", version=2)

    assert agent.get(f"/tickets/{given['ticket_id']}").json()["responsible_agent_id"] == "KF002"
    assert agent.get(f"/tickets/{following['ticket_id']}").json()["responsible_agent_id"] == "KF004"


def test_the_same_request_tells_the_same_fates_and_moves_once(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket()
    twice = ((ticket["ticket_id"], 1), (ticket["ticket_id"], 1))

    first, again = (transfer(agent, "KF004", *twice, key="one-transfer") for _ in range(2))

    assert first.json() == again.json()
    assert fates(first) == [(ticket["ticket_id"], "moved")]
    assert [entry["kind"] for entry in timeline(ticket)] == ["created", "transfer"]
    assert fates(transfer(agent, "KF004", *twice)) == [(ticket["ticket_id"], "stale")]


def test_tickets_go_to_active_agents_only(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    ticket = new_ticket()
    hear_of_agent(database, "KF004", "agent", "B", version=2, active=False)

    inactive = transfer(agent, "KF004", (ticket["ticket_id"], 1))
    unknown = transfer(agent, "KF999", (ticket["ticket_id"], 1))

    assert (inactive.status_code, slug(inactive)) == (422, "unknown-assignee")
    assert (unknown.status_code, unknown.json()["reference"]) == (409, {"kind": "agent", "id": "KF999"})
    for refused in (inactive, unknown):
        assert refused.json()["errors"][0]["pointer"] == "/to_agent_id"
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["version"] == 1


def test_at_most_a_hundred_at_once(agent: ApiClient, unknown_id: str) -> None:
    assert transfer(agent, "KF004", *[(unknown_id, 1)] * 101).status_code == 400
    assert transfer(agent, "KF004").status_code == 400
