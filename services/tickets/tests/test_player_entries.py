"""What is recorded about all tickets of a player (R12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.repository import player_entries
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket
from .test_merged_and_erased_players import FILL, merge
from .test_ticket_plans import plan_of, steps_of


def test_the_timeline_of_a_player_holds_the_entries_of_all_his_tickets__R12(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    first, losers = new_ticket(title="一"), new_ticket(player_id=PLAYER_OF_KF004)
    other = new_ticket(title="二")
    agent.post(f"/tickets/{first['ticket_id']}/entries", {"kind": "note", "text": "最后"})
    merge(database)

    found = agent.get("/player-entries", player_id=PLAYER_OF_KF003).json()["items"]

    assert [(e["number"], e["kind"], e["title"]) for e in found] == [
        (first["number"], "note", "一"),
        (other["number"], "created", "二"),
        (losers["number"], "created", None),
        (first["number"], "created", "一"),
    ]
    assert found[0]["text"] == "最后"
    assert [e["ticket_id"] for e in found[:2]] == [first["ticket_id"], other["ticket_id"]]
    assert found[2]["player_id"] == PLAYER_OF_KF004


def test_the_timeline_of_a_player_goes_on_before_any_id(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    for number in range(5):
        agent.post(f"/tickets/{ticket['ticket_id']}/entries", {"kind": "note", "text": str(number)})

    def page(**params: Any) -> list[dict[str, Any]]:
        return agent.get("/player-entries", player_id=PLAYER_OF_KF003, limit=2, **params).json()["items"]

    first = page()
    second = page(before=first[-1]["entry_id"])

    assert [e["text"] for e in first + second] == ["4", "3", "2", "1"]
    assert page(before="00000000-0000-7000-8000-000000000000") == []
    assert agent.get("/player-entries", player_id=str(new_id())).json() == {"items": []}


def test_the_timeline_of_a_player_reads_a_page_from_an_index(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(text(FILL), {"one": PLAYER_OF_KF003})
        tx.execute(text("ANALYZE tickets, entries"))
    players = [UUID(PLAYER_OF_KF003), UUID(PLAYER_OF_KF004)]

    with database.begin() as tx:
        plan = plan_of(tx, player_entries.latest_query(players, new_id(), 50))

    read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
    assert not read_whole & {"entries", "tickets"}
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 400
