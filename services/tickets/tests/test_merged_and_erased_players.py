"""Tickets of players who were merged into another, or erased on request; and game profiles."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets import picture_jobs
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket, Timeline, hear
from .test_attachments import added

SECRET = "13912345678"


# 5,000 tickets with ten entries each; every hundredth is one player's.
FILL = """
WITH made AS (
  INSERT INTO tickets (ticket_id, player_id, state, detail, category, priority, waiting_on, created_by, asked_at,
                       version, revision, created_at, updated_at)
  SELECT uuidv7(), CASE WHEN n % 100 = 0 THEN CAST(:one AS uuid) ELSE gen_random_uuid() END, 'pending', 'x', 'other',
         'normal', 'none', 'KF003', now(), 1, 1, now(), now()
  FROM generate_series(1, 5000) n
  RETURNING ticket_id, player_id
)
INSERT INTO entries (entry_id, ticket_id, player_id, kind, changes, agent_id, happened_at, recorded_at)
SELECT uuidv7(), ticket_id, player_id, 'note', '[]', 'KF003', now(), now() FROM made, generate_series(1, 10)
"""


def hear_of_change(
    database: Database,
    player_id: str,
    *,
    version: int = 2,
    merged_into: str | None = None,
    erased: bool = False,
    type: str = "players.player.updated.v1",
) -> None:
    hear(
        database,
        type,
        player_id,
        version,
        player_id=player_id,
        owner_agent_id="KF003",
        tier="none",
        minor_band="none",
        merged_into=merged_into,
        erased=erased,
    )


def merge(database: Database) -> None:
    """PLAYER_OF_KF004 into PLAYER_OF_KF003."""
    hear_of_change(database, PLAYER_OF_KF004, merged_into=PLAYER_OF_KF003, type="players.player.merged.v1")


def erase(database: Database, player_id: str = PLAYER_OF_KF003, version: int = 2) -> None:
    hear_of_change(database, player_id, version=version, erased=True, type="players.player.erased.v1")


def hear_of_profile(database: Database, player_id: str, server: str | None = "S7 长安", version: int = 1) -> str:
    profile_id = str(new_id())
    data = {"profile_id": profile_id, "player_id": player_id, "game_id": "xiyou", "server": server}
    hear(database, "players.profile.synced.v1", profile_id, version, **data, game_account_id="a1", state="ok")
    return profile_id


def numbers(client: ApiClient, player_id: str) -> list[str]:
    return [ticket["number"] for ticket in client.get("/tickets", player_id=player_id).json()["items"]]


# Merged players


def test_the_tickets_of_a_merged_player_are_the_survivors_too_and_keep_their_player(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    his, losers = new_ticket(), new_ticket(player_id=PLAYER_OF_KF004)

    merge(database)

    both = [losers["number"], his["number"]]
    assert numbers(agent, PLAYER_OF_KF003) == both
    assert numbers(agent, PLAYER_OF_KF004) == both, "the loser's id means the survivor"
    assert agent.get(f"/tickets/{losers['ticket_id']}").json()["player_id"] == PLAYER_OF_KF004


def test_undoing_a_merge_parts_the_tickets_again(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    his, losers = new_ticket(), new_ticket(player_id=PLAYER_OF_KF004)
    merge(database)

    hear_of_change(database, PLAYER_OF_KF004, version=3)

    assert numbers(agent, PLAYER_OF_KF003) == [his["number"]]
    assert numbers(agent, PLAYER_OF_KF004) == [losers["number"]]


def test_a_new_ticket_of_a_merged_player_is_recorded_for_the_survivor(
    new_ticket: NewTicket, database: Database
) -> None:
    merge(database)

    assert new_ticket(player_id=PLAYER_OF_KF004)["player_id"] == PLAYER_OF_KF003


def test_an_open_ticket_of_a_merged_player_warns_before_a_second_one(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    losers = new_ticket(player_id=PLAYER_OF_KF004, category="payment")
    merge(database)

    response = agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": "还没到账", "category": "payment"})

    assert response.status_code == 409
    assert response.json()["existing_ticket_id"] == losers["ticket_id"]


def test_a_done_ticket_of_a_merged_player_is_continued_by_one_of_the_survivor(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    losers = new_ticket(player_id=PLAYER_OF_KF004)
    agent.post(f"/tickets/{losers['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)
    merge(database)
    with database.begin() as tx:
        tx.execute(text("UPDATE tickets SET done_at = done_at - interval '7 days'"))

    assert new_ticket(reopens_ticket_id=losers["ticket_id"])["reopens_ticket_id"] == losers["ticket_id"]


# Erased players


@pytest.fixture
def told(agent: ApiClient, new_ticket: NewTicket) -> dict[str, Any]:
    """A ticket of PLAYER_OF_KF003 that names a phone number wherever somebody can write."""
    ticket = new_ticket(title=f"标题 {SECRET}", detail=f"电话 {SECRET}")
    path = f"/tickets/{ticket['ticket_id']}"
    agent.post(f"{path}/entries", {"kind": "note", "text": f"打 {SECRET}"})
    agent.post(f"{path}/entries", {"kind": "consultation", "text": SECRET, "department": "tech"})
    agent.patch(path, {"detail": f"新的 {SECRET}", "solution": SECRET}, version=1)
    added(agent, ticket, name=f"{SECRET}.png")
    transfer = {"tickets": [{"ticket_id": ticket["ticket_id"], "version": 2}], "to_agent_id": "KF004", "note": SECRET}
    agent.post("/ticket-transfers", transfer)
    others = new_ticket(player_id=PLAYER_OF_KF004)
    agent.post(f"{path}/children", {"ticket_ids": [others["ticket_id"]]})
    agent.post(f"{path}/incident-answers", {"text": SECRET, "close": True, "solution": SECRET})
    return agent.get(path).json()


def everything(database: Database) -> str:
    """All rows of all tables as one text."""
    with database.begin() as tx:
        names = tx.execute(text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
        return "".join(
            str(row[0]) for name in names.scalars() for row in tx.execute(text(f'SELECT t::text FROM "{name}" t'))
        )


def test_of_an_erased_player_nothing_stays_that_somebody_wrote(
    agent: ApiClient,
    told: dict[str, Any],
    timeline: Timeline,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
) -> None:
    lines = len(timeline(told))

    erase(database)
    picture_jobs.delete_removed(database, Storage(settings))

    assert SECRET not in everything(database)
    assert kept_pictures() == set()
    ticket = agent.get(f"/tickets/{told['ticket_id']}").json()
    assert (ticket["title"], ticket["detail"], ticket["solution"], ticket["attachments"]) == (None, "", "", [])
    assert ticket["number"] == told["number"]
    assert ticket["asked_at"] == told["asked_at"]
    assert len(timeline(told)) == lines + 1
    assert SECRET not in json.dumps([timeline(told), agent.get("/tickets").json()])


def test_the_open_tickets_of_an_erased_player_are_closed_and_count_in_no_figure(
    agent: ApiClient, told: dict[str, Any], timeline: Timeline, database: Database, published: Callable[[], list[Any]]
) -> None:
    erase(database)

    ticket = agent.get(f"/tickets/{told['ticket_id']}").json()
    assert (told["state"], ticket["state"], ticket["waiting_on"]) == ("pending", "done", "none")
    last = timeline(told)[-1]
    assert (last["kind"], last["from_state"], last["to_state"], last["agent_id"]) == (
        "erased", "pending", "done", "system",
    )  # fmt: skip
    event = published()[-1]
    assert (event.version, event.payload["state"]) == (ticket["revision"], "done")
    with database.begin() as tx:
        voided = text("SELECT bool_and(voided) FROM cycles WHERE ticket_id = :id")
        assert tx.execute(voided, {"id": told["ticket_id"]}).scalar_one() is True


def test_a_done_ticket_of_an_erased_player_stays_done_and_keeps_its_figures(
    agent: ApiClient, told: dict[str, Any], database: Database
) -> None:
    path = f"/tickets/{told['ticket_id']}"
    done = agent.post(f"{path}/transitions", {"to": "done"}, version=told["version"]).json()

    erase(database)

    ticket = agent.get(path).json()
    assert (ticket["done_at"], ticket["solution"]) == (done["done_at"], "")
    with database.begin() as tx:
        assert tx.execute(text("SELECT bool_or(voided) FROM cycles")).scalar_one() is False


def test_only_the_running_cycle_of_an_erased_player_leaves_the_figures__B6(
    agent: ApiClient, told: dict[str, Any], database: Database
) -> None:
    path, version = f"/tickets/{told['ticket_id']}", told["version"]
    for body in ({"to": "done"}, {"to": "in_progress", "reason": "又来了"}):
        version = agent.post(f"{path}/transitions", body, version=version).json()["version"]
    today = (datetime.now(UTC) + timedelta(hours=8)).date()

    def figures() -> dict[str, Any]:
        return agent.get("/kpi/response", **{"from": str(today - timedelta(days=1)), "to": str(today)}).json()["total"]

    before = figures()
    erase(database)
    after = figures()

    assert [before[name] - after[name] for name in ("opened", "backlog")] == [1, 1]
    assert before["done"] == before["reopened"] == 1
    assert [after[name] for name in ("done", "reopened")] == [1, 1]
    assert after["resolution"] == {**before["resolution"], "open": before["resolution"]["open"] - 1}


def test_nothing_is_written_about_an_erased_player_any_more(
    agent: ApiClient, told: dict[str, Any], database: Database
) -> None:
    path = f"/tickets/{told['ticket_id']}"
    erase(database)
    version = agent.get(path).json()["version"]

    answers = [
        agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": SECRET}),
        agent.post(f"{path}/entries", {"kind": "note", "text": SECRET}),
        agent.patch(path, {"title": SECRET}, version=version),
        agent.post(f"{path}/transitions", {"to": "in_progress", "reason": SECRET}, version=version),
    ]

    assert [response.json()["type"] for response in answers] == ["urn:gamedesk:problem:player-erased"] * 4
    assert SECRET not in everything(database)


def test_erasing_again_changes_nothing(
    told: dict[str, Any], database: Database, published: Callable[[], list[Any]]
) -> None:
    erase(database)
    before = (everything(database), len(published()))

    erase(database)
    hear_of_change(database, PLAYER_OF_KF003, erased=True)

    assert (everything(database), len(published())) == before


def test_what_a_backup_brought_back_is_erased_by_a_republication(
    agent: ApiClient, told: dict[str, Any], database: Database
) -> None:
    hear_of_change(database, PLAYER_OF_KF003, version=5)
    erase(database, version=4)  # even one that the copy of the player is ahead of: who is erased stays erased

    assert SECRET not in everything(database)


def test_another_players_tickets_stay_as_they_are(
    agent: ApiClient, told: dict[str, Any], new_ticket: NewTicket, database: Database
) -> None:
    other = new_ticket(player_id=PLAYER_OF_KF004, title="别人的")
    erase(database)

    ticket = agent.get(f"/tickets/{other['ticket_id']}").json()
    assert {**ticket, "clock": None} == {**other, "clock": None}


def test_notes_that_are_being_written_while_a_player_is_erased_do_not_stay(
    agent: ApiClient, told: dict[str, Any], database: Database
) -> None:
    path = f"/tickets/{told['ticket_id']}/entries"

    with ThreadPoolExecutor(4) as pool:
        notes = [pool.submit(agent.post, path, {"kind": "note", "text": SECRET}) for _ in range(12)]
        erasing = pool.submit(erase, database)
        notes += [pool.submit(agent.post, path, {"kind": "note", "text": SECRET}) for _ in range(6)]
        erasing.result()
        assert {note.result().status_code for note in notes} <= {201, 422}

    assert SECRET not in everything(database)


# Game profiles


def test_game_and_server_of_a_ticket_are_frozen_from_its_profile__R7(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    profile_id = hear_of_profile(database, PLAYER_OF_KF003)

    ticket = new_ticket(profile_id=profile_id)
    with database.begin() as tx:
        tx.execute(text("UPDATE profile_copies SET server = 'S8'"))

    found = agent.get(f"/tickets/{ticket['ticket_id']}").json()
    assert (found["game_id"], found["profile_id"], found["server"]) == ("xiyou", profile_id, "S7 长安")


def test_a_profile_of_a_merged_player_is_the_survivors_too(new_ticket: NewTicket, database: Database) -> None:
    profile_id = hear_of_profile(database, PLAYER_OF_KF004)
    merge(database)

    assert new_ticket(profile_id=profile_id)["server"] == "S7 长安"


def test_a_ticket_names_a_profile_of_its_player_and_game(agent: ApiClient, database: Database) -> None:
    his = hear_of_profile(database, PLAYER_OF_KF003)
    others = hear_of_profile(database, PLAYER_OF_KF004)
    body = {"player_id": PLAYER_OF_KF003, "detail": "?"}

    anothers = agent.post("/tickets", {**body, "profile_id": others})
    of_another_game = agent.post("/tickets", {**body, "profile_id": his, "game_id": "sanguo"})
    unknown = agent.post("/tickets", {**body, "profile_id": str(new_id())})

    assert (anothers.status_code, anothers.json()["errors"][0]["pointer"]) == (422, "/profile_id")
    assert (of_another_game.status_code, of_another_game.json()["errors"][0]["pointer"]) == (422, "/game_id")
    assert (unknown.status_code, unknown.json()["reference"]["kind"]) == (409, "profile")


def test_where_an_erased_player_plays_is_forgotten(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    ticket = new_ticket(profile_id=hear_of_profile(database, PLAYER_OF_KF003))
    erase(database)
    hear_of_profile(database, PLAYER_OF_KF003)

    found = agent.get(f"/tickets/{ticket['ticket_id']}").json()
    assert (found["game_id"], found["profile_id"], found["server"]) == ("xiyou", None, None)
    assert "长安" not in everything(database)


# The timeline of a player
