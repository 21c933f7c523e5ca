"""Erasing a player on request (PIPL): what identifies him goes everywhere, the books stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.idempotency import body_hash
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players.commands.profiles import apply_answer
from gamedesk_players.commands.syncs import claim_syncs, plan_games
from gamedesk_players.erasures import export_lines, replay_lines
from gamedesk_players.model.profiles import Account, Priority
from gamedesk_players.repository import history
from gamedesk_players.repository.syncs import page_of_players
from gamedesk_players.tables import idempotency_keys, metadata
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.polling import eventually
from sqlalchemy import func, select, text

from .conftest import waiting

As = Callable[[str], ApiClient]
SECRETS = ["13800138000", "13900139000", "sun_wukong", "first_name", "孙悟空", "齐天大圣", "花果山", "VIP客户", "土豪"]
PERSONAL = [t for t in metadata.sorted_tables if t.name not in ("outbox", "idempotency_keys")]


@pytest.fixture
def player(as_agent: As, database: Database) -> dict[str, Any]:
    """A player of KF003 with everything, and another record merged into him."""
    agent = as_agent("KF003")
    contacts = {"phone": "13800138000", "wechat_id": "first_name", "wechat_name": "孙悟空", "note": "VIP客户"}
    made = agent.post("/players", contacts).json()
    path = f"/players/{made['player_id']}"
    assert agent.patch(path, {"wechat_id": "sun_wukong", "tags": ["土豪"], "tier": "big"}, version=1).is_success
    double = agent.post("/players", {"phone": "13900139000", "wechat_name": "齐天大圣"}).json()["player_id"]
    body = {"loser_id": double, "loser_version": 1, "keep": {"wechat_name": "loser"}}
    assert agent.post(f"{path}/merges", body, version=2).status_code == 201
    assert as_agent("KF004").post(f"{path}/reveal", {"reason": "孙悟空找我"}).status_code == 201
    with database.begin() as tx:
        names = {"game_id": "xiyou", "before": "齐天大圣", "after": "孙悟空"}
        history.record(tx, UUID(double), "renamed", names)
        tx.execute(
            text("UPDATE profiles SET game_account_id = '1', nickname = '齐天大圣', server_id = 's1', "
                 "server_name = '花果山', state = 'ok' WHERE game_id = 'xiyou' AND player_id = :id"),
            {"id": made["player_id"]},
        )  # fmt: skip
    return agent.get(path).json()


def erase(client: ApiClient, player: dict[str, Any], **options: Any) -> Any:
    return client.post(f"/players/{player['player_id']}/erasure", {"reason": "本人要求"}, **options)


def everything(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.begin() as tx:
        return json.dumps(
            [[list(row) for row in tx.execute(select(t))] for t in PERSONAL], default=str, ensure_ascii=False
        )


def test_erasing_removes_every_trace_of_the_person__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    before = everything(database)
    assert all(secret in before for secret in SECRETS)

    erased = erase(as_agent("KF002"), player)

    assert erased.status_code == 200
    after = everything(database)
    assert [secret for secret in SECRETS if secret in after] == []


def test_no_request_gives_the_phone_of_an_erased_player_back_by_guessing__erasure(
    as_agent: As, database: Database
) -> None:
    agent = as_agent("KF003")
    made = agent.post("/players", {"phone": "13800138000"}, key="made-12345")
    sheet = {"headers": {"Idempotency-Key": "file-12345", "Content-Type": "text/csv"}, "content": "手机\n13800138000"}
    assert agent.request("POST", "/player-imports?file_name=one.csv", **sheet).status_code == 202
    with database.begin() as tx:
        guess = body_hash({"body": {"phone": "13800138000"}, "path": "/players"})
        assert guess in tx.execute(select(idempotency_keys.c.body_hash)).scalars().all()

    assert erase(as_agent("KF002"), made.json()).status_code == 200

    with database.begin() as tx:
        known = select(idempotency_keys.c.operation).where(func.length(idempotency_keys.c.body_hash) > 0)
        assert tx.execute(known).scalars().all() == ["erase_player"], "holds no more than his id and a reason"
    again = agent.post("/players", {"phone": "13800138000"}, key="made-12345")
    assert (again.status_code, again.json()["player_id"]) == (201, made.json()["player_id"]), "still a repetition"
    assert again.json()["erased"] is True


def test_an_erased_player_keeps_his_row_and_owner__erasure(as_agent: As, player: dict[str, Any]) -> None:
    erased = erase(as_agent("KF002"), player).json()

    assert (erased["player_id"], erased["owner_agent_id"], erased["erased"]) == (player["player_id"], "KF003", True)
    assert (erased["tier"], erased["minor_band"], erased["note"], erased["tags"]) == ("none", "none", "", [])
    assert (erased["phones"], erased["wechat_id"], erased["wechat_name"], erased["profiles"]) == ([], None, None, [])
    assert as_agent("KF003").get("/players", q="13900139000").json()["items"] == []
    assert as_agent("KF003").get("/players", q="孙").json()["items"] == []
    assert as_agent("KF003").get("/players", owner="KF003").json()["items"] == []
    history_ = as_agent("KF003").get(f"/players/{player['player_id']}/history").json()["items"]
    assert [h["kind"] for h in history_ if h["player_id"] != player["player_id"]] == ["renamed", "merged", "created"]
    assert {h["kind"] for h in history_} >= {"created", "merged", "contacts_revealed"}, "that something happened stays"
    assert all(entry["details"] == {} for entry in history_)


def test_he_and_everybody_merged_into_him_are_published_as_erased__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    erase(as_agent("KF002"), player)

    with database.begin() as tx:
        query = select(OUTBOX.c.aggregate_id, OUTBOX.c.payload, OUTBOX.c.actor)
        rows = tx.execute(query.where(OUTBOX.c.type == "players.player.erased.v1")).all()
    assert {str(row.aggregate_id) for row in rows} == {player["player_id"], *player["merged_from"]}
    assert {(row.payload["erased"], row.payload["tier"], row.actor) for row in rows} == {(True, "none", "KF002")}


def test_his_phone_may_belong_to_a_new_player__erasure(as_agent: As, player: dict[str, Any]) -> None:
    erase(as_agent("KF002"), player)

    again = as_agent("KF004").post("/players", {"phone": "13800138000", "wechat_id": "sun_wukong"})

    assert again.status_code == 201
    assert again.json()["player_id"] != player["player_id"]


def test_nothing_is_done_to_an_erased_player__erasure(as_agent: As, player: dict[str, Any]) -> None:
    lead, path = as_agent("KF002"), f"/players/{player['player_id']}"
    erased = erase(lead, player).json()
    other = as_agent("KF003").post("/players", {"phone": "13700137000"}).json()

    def refusal(response: Any) -> tuple[int, str]:
        return response.status_code, response.json()["type"].rpartition(":")[2]

    version = erased["version"]
    merge = {"loser_id": other["player_id"], "loser_version": 1}
    into = {"loser_id": player["player_id"], "loser_version": version}
    undo = lead.get(f"{path}/merges").json()["items"][0]["merge_id"]
    assert {
        refusal(lead.patch(path, {"tier": "big"}, version=version)),
        refusal(lead.post(f"{path}/reveal", {"reason": "看看"})),
        refusal(lead.post(f"{path}/merges", merge, version=version)),
        refusal(lead.post(f"/players/{other['player_id']}/merges", into, version=1)),
        refusal(lead.post(f"/merges/{undo}/undo", {"reason": "看看"})),
    } == {(422, "player-erased")}


def test_erasing_twice_changes_nothing__I7(as_agent: As, player: dict[str, Any]) -> None:
    first = erase(as_agent("KF002"), player, key="k-12345678")
    replayed = erase(as_agent("KF002"), player, key="k-12345678")
    again = erase(as_agent("KF001"), player)

    assert first.json() == replayed.json() == again.json()


def test_a_games_answer_that_is_being_applied_is_erased_too__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    lead = as_agent("KF002")
    with database.begin() as tx:
        tx.execute(text("UPDATE profile_syncs SET due_at = now() WHERE player_id = :id"), {"id": player["player_id"]})
    sync = database.transact(claim_syncs, "xiyou", SyncLimits(), 1)[0]
    late = Account("20002", "晚到的名字", "s9", "晚到的区", 1, 1)

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            apply_answer(tx, sync, [[late]], timedelta(hours=24))
            erasing = pool.submit(erase, lead, player)
            eventually(lambda: waiting(database) == 1)
        assert erasing.result().status_code == 200
    database.transact(apply_answer, sync, [[late]], timedelta(hours=24))

    assert "晚到" not in everything(database)


def test_planning_questions_about_a_player_who_is_being_erased_leaves_none__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    lead, player_id = as_agent("KF002"), UUID(player["player_id"])
    other = UUID(as_agent("KF003").post("/players", {"phone": "13700137000"}).json()["player_id"])
    with database.begin() as tx:
        page = page_of_players(tx, None, 10)
        assert erase(lead, player).status_code == 200
        assert plan_games(tx, page, ["xiyou"], Priority.BACKGROUND) == 1
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            plan_games(tx, [other], ["a_new_game"], Priority.BACKGROUND)
            erasing = pool.submit(as_agent("KF001").post, f"/players/{other}/erasure", {"reason": "本人要求"})
            eventually(lambda: waiting(database) == 1)
        assert erasing.result().status_code == 200

    with database.begin() as tx:
        for table in ("profiles", "profile_syncs"):
            left = text(f"SELECT count(*) FROM {table} WHERE player_id IN (:one, :other)")
            assert tx.execute(left, {"one": player_id, "other": other}).scalar_one() == 0


def test_leads_of_the_team_and_admins_erase__roles(as_agent: As, player: dict[str, Any]) -> None:
    assert erase(as_agent("KF003"), player).status_code == 403
    of_b = as_agent("KF004").post("/players", {"phone": "13700137000"}).json()
    assert erase(as_agent("KF002"), of_b).status_code == 403
    assert erase(as_agent("KF001"), of_b).status_code == 200
    merged = erase(as_agent("KF002"), {"player_id": player["merged_from"][0]})
    assert (merged.status_code, merged.json()["merged_into"]) == (409, player["player_id"])


def test_whom_a_restored_backup_brings_back_is_erased_again__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    moment = "2026-11-01T08:00:00+00:00"
    unknown = {"player_id": str(UUID(int=7)), "erased_by": "KF009", "reason": "本人要求", "erased_at": moment}
    lines = [
        json.dumps({**unknown, "player_id": i})
        for i in (player["player_id"], *player["merged_from"], unknown["player_id"])
    ]

    assert replay_lines(database, [*lines, ""]) == 2
    assert replay_lines(database, lines) == 0, "once is enough"

    assert [secret for secret in SECRETS if secret in everything(database)] == []
    assert as_agent("KF003").get(f"/players/{player['player_id']}").json()["erased"] is True
    exported = [json.loads(line) for line in export_lines(database)]
    assert {e["player_id"] for e in exported} == {player["player_id"], *player["merged_from"], unknown["player_id"]}
    assert {(e["erased_by"], e["erased_at"][:10]) for e in exported} == {("KF009", "2026-11-01")}
    assert "本人要求" not in str(exported), "somebody typed it"


def replay(database: Database, *player_ids: str) -> int:
    moment = "2026-11-01T08:00:00+00:00"
    return replay_lines(
        database, [json.dumps({"player_id": i, "erased_by": "KF002", "erased_at": moment}) for i in player_ids]
    )


def test_replaying_erases_no_more_than_the_list_says__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    """The backup has them merged; that was undone before one of them was erased."""
    (other_id,) = player["merged_from"]

    assert replay(database, player["player_id"]) == 1

    agent = as_agent("KF003")
    other = agent.get(f"/players/{other_id}").json()
    assert (other["player_id"], other["phone"], other["wechat_name"]) == (other_id, "13900139000", "齐天大圣")
    assert [card["player_id"] for card in agent.get("/players", q="13900139000").json()["items"]] == [other_id]
    erased = agent.get(f"/players/{player['player_id']}").json()
    assert (erased["erased"], erased["phones"], erased["merged_from"]) == (True, [], [])
    (merge,) = agent.get(f"/players/{other_id}/merges").json()["items"]
    assert merge["undone_at"]
    assert erase(as_agent("KF002"), other).json()["phones"] == []
    assert [secret for secret in SECRETS if secret in everything(database)] == []


def test_replaying_takes_back_what_a_survivor_had_from_whom_it_erases__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    assert player["wechat_name"] == "齐天大圣", "taken over"

    assert replay(database, *player["merged_from"]) == 1

    left = as_agent("KF003").get(f"/players/{player['player_id']}").json()
    assert (left["erased"], left["wechat_name"], left["merged_from"]) == (False, "孙悟空", [])
    assert [phone["phone"] for phone in left["phones"]] == ["13800138000"]
    assert "13900139000" not in everything(database)


def test_replaying_parts_a_family_as_far_as_the_list_parts_it__erasure(as_agent: As, database: Database) -> None:
    """c went into b, and b into a; later they were parted, and b alone was erased. d stays with a."""
    agent = as_agent("KF003")
    a, b, c, d = (agent.post("/players", {"phone": f"1380013800{n}"}).json()["player_id"] for n in range(4))
    for survivor, loser in ((b, c), (a, b), (a, d)):
        versions = [agent.get(f"/players/{i}").json()["version"] for i in (survivor, loser)]
        body = {"loser_id": loser, "loser_version": versions[1]}
        assert agent.post(f"/players/{survivor}/merges", body, version=versions[0]).status_code == 201

    assert (replay(database, b), replay(database, b)) == (1, 0)

    shown = {i: agent.get(f"/players/{i}").json() for i in (a, b, c, d)}
    assert [shown[i]["player_id"] for i in (a, b, c, d)] == [a, b, c, a]
    assert [shown[i]["erased"] for i in (a, b, c)] == [False, True, False]
    assert [len(shown[i]["phones"]) for i in (a, b, c)] == [2, 0, 1]


def test_who_was_merged_into_somebody_erased_is_erased_with_him__erasure(
    as_agent: As, database: Database, player: dict[str, Any]
) -> None:
    """As an earlier replay may have left them."""
    agent, lead = as_agent("KF003"), as_agent("KF002")
    with database.begin() as tx:
        tx.execute(text("UPDATE players SET erased_at = now() WHERE player_id = :id"), {"id": player["player_id"]})
    for typed in ("13900139000", "9000", "齐天"):
        assert agent.get("/players", q=typed).json()["items"] == []

    assert erase(lead, player).status_code == 200

    assert "13900139000" not in everything(database)
    assert agent.post("/players", {"phone": "13900139000"}).status_code == 201
