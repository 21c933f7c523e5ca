"""One person: merged, taken apart again, handed on, forgotten. Afterwards all services agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.conftest import Site
from tests.desk import Desk, Person, new_phone

pytestmark = pytest.mark.product


@pytest.fixture
def agent(hire: Callable[..., Person]) -> Person:
    return hire()


def known_everywhere(desk: Desk, agent: Person, **fields: Any) -> dict[str, Any]:
    """A player with a ticket and a touch, so that tickets and sales have heard of him."""
    player = agent.create_player(**fields)
    new = {"player_id": player["player_id"], "detail": f"问题 {uuid4().hex}", "title": "充值未到账"}
    assert agent.post("/tickets", new).status_code == 201
    assert agent.post("/touches", {"player_id": player["player_id"], "outcome": "no_reply"}).status_code == 201
    settled(desk, agent, player["player_id"])
    return agent.get(f"/players/{player['player_id']}").json()


def settled(desk: Desk, agent: Person, player_id: str) -> None:
    """His games have answered: nothing else changes him any more."""

    def answered() -> bool:
        profiles = agent.get(f"/players/{player_id}").json()["profiles"]
        return "pending" not in {profile["state"] for profile in profiles}

    desk.eventually(answered, within=20)


def merge(agent: Person, survivor: dict[str, Any], loser: dict[str, Any], **keep: str) -> dict[str, Any]:
    body = {"loser_id": loser["player_id"], "loser_version": loser["version"], "keep": keep}
    merged = agent.post(f"/players/{survivor['player_id']}/merges", body, version=survivor["version"])
    assert merged.status_code == 201, merged.text
    return merged.json()


def of_player(agent: Person, path: str, player_id: str) -> list[dict[str, Any]]:
    return agent.get(path, player_id=player_id).json()["items"]


def test_merged_players_are_one_everywhere_and_two_again_after_undoing(desk: Desk, agent: Person) -> None:
    first = known_everywhere(desk, agent, wechat_name="大圣", note="老客户")
    second = known_everywhere(desk, agent, wechat_name="齐天大圣", phone=new_phone("0000"))
    survivor_id, loser_id = first["player_id"], second["player_id"]

    merged = merge(agent, first, second, wechat_name="loser", note="both")

    found = agent.get("/search", q=second["phone"]).json()["items"]
    assert [item["player"]["player_id"] for item in found if item["kind"] == "player"] == [survivor_id]
    assert agent.get(f"/players/{loser_id}").json()["redirected_from"] == loser_id
    whole = agent.get(f"/players/{survivor_id}").json()
    assert whole["wechat_name"] == "齐天大圣"
    assert {phone["phone"] for phone in whole["phones"]} == {first["phone"], second["phone"]}
    for path in ("/tickets", "/touches"):
        desk.eventually(lambda path=path: len(of_player(agent, path, survivor_id)) == 2)
    of_both = {ticket["player_id"] for ticket in of_player(agent, "/tickets", survivor_id)}
    assert of_both == {survivor_id, loser_id}, "records keep the id they were made under"
    timeline = agent.get(f"/home/players/{survivor_id}/timeline").json()
    assert {item["source"] for item in timeline["items"]} == {"players", "tickets", "sales"}
    assert {item["player_id"] for item in timeline["items"] if item["source"] == "tickets"} == of_both
    again = agent.post("/players", {"phone": second["phone"]})
    assert (again.status_code, again.json()["existing_player_id"]) == (409, survivor_id)

    undone = agent.post(f"/merges/{merged['merge_id']}/undo", {"reason": "是两个人"})
    assert undone.status_code == 200, undone.text
    assert agent.get(f"/players/{survivor_id}").json()["wechat_name"] == "大圣"
    assert agent.get(f"/players/{loser_id}").json()["player_id"] == loser_id
    for path in ("/tickets", "/touches"):
        desk.eventually(lambda path=path: len(of_player(agent, path, survivor_id)) == 1)
        assert len(of_player(agent, path, loser_id)) == 1


def test_all_of_an_agents_players_and_their_unassigned_work_go_to_another(
    desk: Desk, site: Site, agent: Person, hire: Callable[..., Person]
) -> None:
    heir, lead = hire(), hire("lead")
    players = [known_everywhere(desk, agent) for _ in range(3)]
    kept = of_player(agent, "/tickets", players[0]["player_id"])[0]
    taken = agent.patch(f"/tickets/{kept['ticket_id']}", {"assignee_agent_id": agent.agent_id}, kept["version"])
    assert taken.status_code == 200

    asked = lead.post("/handoffs", {"from_agent_id": agent.agent_id, "to_agent_id": heir.agent_id, "reason": "离职"})
    assert asked.status_code == 202, asked.text
    path = f"/handoffs/{asked.json()['handoff_id']}"
    desk.eventually(lambda: lead.get(path).json()["state"] == "done", within=20)

    assert lead.get(path).json()["moved"] == 3
    assert agent.get("/players", owner=agent.agent_id).json()["items"] == []

    def work_of(person: Person) -> set[str]:
        found = person.get("/tickets", responsible=person.agent_id).json()["items"]
        return {ticket["player_id"] for ticket in found}

    desk.eventually(lambda: work_of(heir) == {player["player_id"] for player in players[1:]})
    assert work_of(agent) == {players[0]["player_id"]}, "what was assigned to a person stays his"
    agree(desk, site, [player["player_id"] for player in players])


def test_who_asked_to_be_forgotten_is_nowhere_and_the_books_stay(
    desk: Desk, site: Site, agent: Person, hire: Callable[..., Person]
) -> None:
    lead = hire("lead")
    name, secret = f"名{uuid4().hex[:8]}", uuid4().hex
    phone = new_phone()
    player = known_everywhere(desk, agent, phone=phone, wechat_name=name, wechat_id=f"wx_{secret[:10]}", note=secret)
    player_id = player["player_id"]
    ticket = of_player(agent, "/tickets", player_id)[0]
    entry = {"kind": "note", "text": f"他说 {secret}"}
    assert agent.post(f"/tickets/{ticket['ticket_id']}/entries", entry).status_code == 201
    touch = {"player_id": player_id, "outcome": "no_reply", "situation": f"忙 {secret}"}
    assert agent.post("/touches", touch).status_code == 201
    nicknames = [profile["nickname"] for profile in player["profiles"] if profile["nickname"]]
    assert nicknames

    erased = lead.post(f"/players/{player_id}/erasure", {"reason": "本人要求"})
    assert erased.status_code == 200, erased.text
    assert erased.json()["erased"] is True

    def forgotten() -> bool:
        entries = agent.get(f"/tickets/{ticket['ticket_id']}/entries").json()["items"]
        texts = [touch["situation"] for touch in of_player(agent, "/touches", player_id)]
        return secret not in str(entries) and secret not in str(texts)

    desk.eventually(forgotten)
    assert agent.get("/search", q=phone).json()["items"] == []
    assert agent.get("/search", q=name).json()["items"] == []
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["state"] == "done"
    refused = agent.post("/tickets", {"player_id": player_id, "detail": "还在吗"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:player-erased")
    again = agent.create_player(phone)
    assert again["player_id"] != player_id, "his phone is free for whoever has it now"
    agree(desk, site, [player_id])
    left_behind(site, [secret, name, f"wx_{secret[:10]}", phone], but_for=again["player_id"])


def agree(desk: Desk, site: Site, player_ids: list[str]) -> None:
    """What tickets and sales know of these players is what players says (I6)."""
    if site.product is None:
        return  # its databases are not ours to read
    columns = "player_id, owner_agent_id, tier, minor_band, merged_into, version"

    def copies_agree() -> bool:
        own = f"SELECT {columns}, erased_at IS NOT NULL FROM players WHERE player_id = ANY(%s::uuid[]) ORDER BY 1"
        copy = f"SELECT {columns}, erased FROM player_copies WHERE player_id = ANY(%s::uuid[]) ORDER BY 1"
        owned = read(site, "players", own, player_ids)
        return all(read(site, service, copy, player_ids) == owned for service in ("tickets", "sales"))

    desk.eventually(copies_agree)


def left_behind(site: Site, words: list[str], *, but_for: str) -> None:
    """None of the words is in any log, nor in any row of any database but for those of who has the phone now."""
    if site.product is None:
        return
    for log in site.product.state.logs.glob("*.log*"):
        said = log.read_text("utf-8", errors="replace")
        assert not [word for word in words if word in said], log.name
    for service in ("players", "tickets", "sales", "catalog"):
        with connect(site, service) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                rows = sql.SQL("SELECT t::text FROM {} t WHERE t::text LIKE ANY(%s) AND t::text NOT LIKE %s")
                query = rows.format(sql.Identifier(table))
                found = connection.execute(query, ([f"%{word}%" for word in words], f"%{but_for}%")).fetchall()
                assert not found, (service, table, found)


def read(site: Site, service: str, query: LiteralString, ids: list[str]) -> list[Any]:
    with connect(site, service) as connection:
        return connection.execute(query, (ids,)).fetchall()


def connect(site: Site, service: str) -> psycopg.Connection[Any]:
    return site.product.layout.postgres.connect(service)
