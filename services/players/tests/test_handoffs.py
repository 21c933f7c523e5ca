"""Handing off one player and all of an agent's, and who may."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players.commands import handoffs
from gamedesk_players.repository import handoffs as repository
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.polling import eventually
from sqlalchemy import text

from .conftest import waiting

As = Callable[[str], ApiClient]
LEAVING = {"from_agent_id": "KF003", "to_agent_id": "KF004", "reason": "离职"}


def new_players(client: ApiClient, number: int) -> list[dict[str, Any]]:
    made = [client.post("/players", {"phone": f"1380013{n:04}"}) for n in range(number)]
    assert {response.status_code for response in made} == {201}
    return [response.json() for response in made]


def owners(database: Database) -> dict[str, int]:
    with database.begin() as tx:
        rows = tx.execute(text("SELECT owner_agent_id, count(*) FROM players GROUP BY 1")).all()
    return {owner: count for owner, count in rows}  # noqa: C416


def work_off(database: Database) -> int:
    """How many transactions it took."""
    turns = 0
    while database.transact(handoffs.move_some) is not None:
        turns += 1
    return turns


def asked(client: ApiClient, **body: str) -> dict[str, Any]:
    response = client.post("/handoffs", {**LEAVING, **body})
    assert response.status_code == 202, response.text
    return response.json()


def test_all_players_of_an_agent_are_handed_off_in_steps__handoff(
    as_agent: As, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handoffs, "PLAYERS_AT_ONCE", 2)
    players = new_players(as_agent("KF003"), 5)
    new_other = as_agent("KF002").post("/players", {"phone": "13900139000"}).json()

    handoff = asked(as_agent("KF002"))

    assert (handoff["state"], handoff["total"], handoff["moved"]) == ("running", 5, 0)
    assert handoff["requested_by"] == "KF002"
    database.transact(handoffs.move_some)
    path = f"/handoffs/{handoff['handoff_id']}"
    halfway = as_agent("KF002").get(path).json()
    assert (halfway["state"], halfway["moved"], owners(database)["KF004"]) == ("running", 2, 2)
    work_off(database)  # whoever takes it up goes on
    done = as_agent("KF002").get(path).json()
    assert (done["state"], done["moved"], done["finished_at"] is not None) == ("done", 5, True)
    assert owners(database) == {"KF002": 1, "KF004": 5}
    assert as_agent("KF002").get(f"/players/{new_other['player_id']}").json()["version"] == 1
    for player in players:
        entry = as_agent("KF004").get(f"/players/{player['player_id']}/history").json()["items"][0]
        assert (entry["kind"], entry["agent_id"]) == ("handed_off", "KF002")
        assert entry["details"] == {"before": "KF003", "after": "KF004"}


def test_each_player_moves_with_a_version_and_an_event__I1(as_agent: As, database: Database) -> None:
    new_players(as_agent("KF003"), 3)
    asked(as_agent("KF002"))
    work_off(database)

    with database.begin() as tx:
        query = text(
            "SELECT version, payload->>'owner_agent_id', actor FROM outbox WHERE type = 'players.player.updated.v1'"
        )
        assert [tuple(row) for row in tx.execute(query)] == [(2, "KF004", "KF002")] * 3


def test_several_workers_move_each_player_once__handoff(
    as_agent: As, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handoffs, "PLAYERS_AT_ONCE", 3)
    new_players(as_agent("KF003"), 12)
    handoff = asked(as_agent("KF002"))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: work_off(database), range(3)))
    work_off(database)

    assert as_agent("KF001").get(f"/handoffs/{handoff['handoff_id']}").json()["moved"] == 12
    with database.begin() as tx:
        assert tx.execute(text("SELECT max(version) FROM players")).scalar_one() == 2


def test_a_handoff_takes_merged_players_along__handoff(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    survivor, loser = new_players(agent, 2)
    body = {"loser_id": loser["player_id"], "loser_version": 1}
    assert agent.post(f"/players/{survivor['player_id']}/merges", body, version=1).status_code == 201

    handoff = asked(as_agent("KF002"))
    work_off(database)

    assert handoff["total"] == 1, "a person once"
    assert owners(database) == {"KF004": 2}
    assert as_agent("KF002").get(f"/handoffs/{handoff['handoff_id']}").json()["moved"] == 1


def test_players_of_a_deactivated_agent_wait_for_their_handoff__R4(as_agent: As, database: Database) -> None:
    new_players(as_agent("KF003"), 1)
    admin = as_agent("KF001")
    assert admin.patch("/agents/KF003", {"active": False}, version=1).status_code == 200
    assert owners(database) == {"KF003": 1}

    asked(admin)
    work_off(database)

    assert owners(database) == {"KF004": 1}


def test_the_new_owner_is_an_active_agent__R4(as_agent: As) -> None:
    admin = as_agent("KF001")
    admin.patch("/agents/KF004", {"active": False}, version=1)

    def refusal(**body: str) -> tuple[int, str]:
        response = admin.post("/handoffs", {**LEAVING, **body})
        return response.status_code, response.json()["errors"][0]["pointer"]

    assert refusal() == (422, "/to_agent_id")
    assert refusal(to_agent_id="KF999") == (422, "/to_agent_id")
    assert refusal(to_agent_id="KF003") == (422, "/to_agent_id")
    assert refusal(from_agent_id="KF999", to_agent_id="KF002") == (422, "/from_agent_id")


def test_a_handoff_stops_when_the_new_owner_is_deactivated_meanwhile__R4(
    as_agent: As, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handoffs, "PLAYERS_AT_ONCE", 2)
    admin = as_agent("KF001")
    new_players(as_agent("KF003"), 3)
    path = f"/handoffs/{asked(admin)['handoff_id']}"
    database.transact(handoffs.move_some)
    assert admin.patch("/agents/KF004", {"active": False}, version=1).status_code == 200

    work_off(database)

    stopped = admin.get(path).json()
    assert (stopped["state"], stopped["stop_reason"], stopped["moved"]) == ("stopped", "new_owner_inactive", 2)
    assert stopped["finished_at"]
    assert owners(database) == {"KF003": 1, "KF004": 2}
    asked(admin, to_agent_id="KF002")
    asked(admin, from_agent_id="KF004", to_agent_id="KF001")
    work_off(database)
    assert owners(database) == {"KF001": 2, "KF002": 1}


def test_who_is_being_given_players_is_deactivated_after_it__R4(as_agent: As, database: Database) -> None:
    admin = as_agent("KF001")
    new_players(as_agent("KF003"), 1)
    asked(admin)

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            handoffs.move_some(tx)
            deactivating = pool.submit(admin.patch, "/agents/KF004", {"active": False}, version=1)
            eventually(lambda: waiting(database) == 1)
        assert deactivating.result().status_code == 200


def test_who_was_merged_since_moves_with_his_root_only__handoff(
    as_agent: As, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading whom to move and locking them, one was merged into a player who stays."""
    admin = as_agent("KF001")
    first, second = new_players(as_agent("KF003"), 2)
    asked(admin)
    with database.begin() as tx:
        query = text("UPDATE players SET merged_into = :into WHERE player_id = :id")
        tx.execute(query, {"into": first["player_id"], "id": second["player_id"]})
    read_before = [[UUID(second["player_id"])]]
    next_ids = repository.next_ids
    monkeypatch.setattr(repository, "next_ids", lambda *args: read_before.pop() if read_before else next_ids(*args))

    database.transact(handoffs.move_some)
    assert owners(database) == {"KF003": 2}

    work_off(database)
    assert owners(database) == {"KF004": 2}
    assert admin.get("/handoffs").json()["items"][0]["moved"] == 1


def test_an_agent_takes_part_in_one_running_handoff_at_a_time__handoff(as_agent: As, database: Database) -> None:
    admin = as_agent("KF001")
    new_players(as_agent("KF003"), 1)
    asked(admin)

    for body in ({"from_agent_id": "KF004", "to_agent_id": "KF003"}, {"to_agent_id": "KF002"}):
        refused = admin.post("/handoffs", {**LEAVING, **body})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:gamedesk:problem:handoff-running")
    work_off(database)

    asked(admin, from_agent_id="KF004", to_agent_id="KF003")


def test_a_lead_hands_off_players_of_his_own_team__roles(as_agent: As) -> None:
    assert as_agent("KF003").post("/handoffs", LEAVING).status_code == 403
    other_team = {"from_agent_id": "KF004", "to_agent_id": "KF003", "reason": "调组"}
    assert as_agent("KF002").post("/handoffs", other_team).status_code == 403
    assert as_agent("KF003").get("/handoffs").status_code == 403
    asked(as_agent("KF001"), **other_team)


def test_the_same_key_asks_once__I7(as_agent: As) -> None:
    first, again = (as_agent("KF002").post("/handoffs", LEAVING, key="k-12345678") for _ in range(2))

    assert (again.status_code, first.json()) == (202, again.json())
    assert len(as_agent("KF002").get("/handoffs").json()["items"]) == 1


def test_handoffs_are_listed_newest_first__handoff(as_agent: As, database: Database) -> None:
    made = []
    for _ in range(3):
        made.append(asked(as_agent("KF002"))["handoff_id"])
        work_off(database)

    page = as_agent("KF002").get("/handoffs", limit=2).json()
    rest = as_agent("KF002").get("/handoffs", limit=2, cursor=page["next_cursor"]).json()

    assert [h["handoff_id"] for h in page["items"] + rest["items"]] == made[::-1]
    assert as_agent("KF002").get(f"/handoffs/{UUID(int=1)}").status_code == 404


def test_one_player_is_handed_off_by_his_owner_or_his_owners_lead__roles(as_agent: As) -> None:
    player = new_players(as_agent("KF003"), 1)[0]
    path = f"/players/{player['player_id']}"

    assert as_agent("KF003").patch(path, {"owner_agent_id": "KF004"}, version=1).status_code == 200
    assert as_agent("KF003").patch(path, {"tier": "big"}, version=2).status_code == 403, "his no more"
    assert as_agent("KF002").patch(path, {"tier": "big"}, version=2).status_code == 403, "of another team now"
    assert as_agent("KF001").patch(path, {"owner_agent_id": "KF003"}, version=2).status_code == 200
    assert as_agent("KF002").patch(path, {"tier": "big"}, version=3).status_code == 200
