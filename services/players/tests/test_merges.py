"""Merging duplicates and undoing it: never by itself, with the fields that the agent chose, and back again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_players.commands.handoffs import move_players
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import select, text

As = Callable[[str], ApiClient]


def new_player(client: ApiClient, phone: str, **fields: Any) -> dict[str, Any]:
    response = client.post("/players", {"phone": phone, **fields})
    assert response.status_code == 201, response.text
    return response.json()


def seen(client: ApiClient, player: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"/players/{player['player_id']}").json()


def edit(client: ApiClient, player: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = client.patch(f"/players/{player['player_id']}", changes, version=seen(client, player)["version"])
    assert response.status_code == 200, response.text
    return response.json()


def merge(client: ApiClient, survivor: dict[str, Any], loser: dict[str, Any], **keep: str) -> Any:
    """With the versions as they are now."""
    body = {"loser_id": loser["player_id"], "loser_version": seen(client, loser)["version"], "keep": keep}
    return client.post(f"/players/{survivor['player_id']}/merges", body, version=seen(client, survivor)["version"])


def merged(client: ApiClient, survivor: dict[str, Any], loser: dict[str, Any], **keep: str) -> str:
    response = merge(client, survivor, loser, **keep)
    assert response.status_code == 201, response.text
    return response.json()["merge_id"]


def undo(client: ApiClient, merge_id: str) -> Any:
    return client.post(f"/merges/{merge_id}/undo", {"reason": "不是同一个人"})


def events_of(database: Database, player: dict[str, Any]) -> list[tuple[str, int, str | None, str]]:
    """(kind, version, merged_into, owner) in order."""
    query = select(OUTBOX.c.type, OUTBOX.c.version, OUTBOX.c.payload).where(
        OUTBOX.c.aggregate_id == player["player_id"]
    )
    with database.begin() as tx:
        rows = tx.execute(query.order_by(OUTBOX.c.id)).all()
    return [(r.type.split(".")[2], r.version, r.payload["merged_into"], r.payload["owner_agent_id"]) for r in rows]


@pytest.fixture
def two(as_agent: As) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two records of one person, both of KF003."""
    agent = as_agent("KF003")
    first = new_player(agent, "13800138000", wechat_id="sun_wukong", wechat_name="悟空", tier="big", note="老玩家")
    second = new_player(
        agent, "13900139000", wechat_id="qitian_dasheng", wechat_name="大圣", minor_band="16_17", note="爱礼包"
    )
    return first, second


def test_a_merged_player_answers_with_the_survivor_and_all_contacts__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two

    merged(agent, survivor, loser)

    for asked, redirected in ((survivor, None), (loser, loser["player_id"])):
        found = seen(agent, asked)
        assert (found["player_id"], found["redirected_from"]) == (survivor["player_id"], redirected)
        assert found["merged_from"] == [loser["player_id"]]
        assert [p["phone"] for p in found["phones"]] == ["13800138000", "13900139000"]
        assert (found["wechat_id"], found["wechat_aliases"]) == ("sun_wukong", ["qitian_dasheng"])
        assert (found["tier"], found["note"], found["version"]) == ("big", "老玩家", 2)
        assert found["minor_band"] == "16_17", "the stricter band, unless one is chosen"


def test_a_merged_players_card_shows_the_survivor_under_his_id__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    merged(agent, survivor, loser)

    cards = agent.get("/player-cards", ids=f"{loser['player_id']},{survivor['player_id']}").json()["items"]

    by_id = {card.pop("player_id"): card for card in cards}
    assert by_id[loser["player_id"]] == by_id[survivor["player_id"]]
    assert (by_id[loser["player_id"]]["tier"], by_id[loser["player_id"]]["phone"]) == ("big", "138****8000")


def test_the_agent_chooses_the_fields__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    edit(agent, survivor, tags=["土豪", "晚上在线"])
    edit(agent, loser, tags=["晚上在线", "PVP"], tier="small")

    merged(
        agent, survivor, loser, wechat_id="loser", wechat_name="loser", tier="loser", note="both", tags="both",
        minor_band="survivor",
    )  # fmt: skip

    found = seen(agent, survivor)
    assert (found["wechat_id"], found["wechat_name"], found["tier"]) == ("qitian_dasheng", "大圣", "small")
    assert (found["note"], found["tags"]) == ("老玩家\n\n爱礼包", ["土豪", "晚上在线", "PVP"])
    assert (found["minor_band"], found["wechat_aliases"]) == ("none", ["sun_wukong"])


def test_undoing_a_merge_gives_back_both_players__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    before = seen(agent, survivor), seen(agent, loser)
    merge_id = merged(agent, survivor, loser, wechat_id="loser", wechat_name="loser", tier="loser", note="both")

    undone = undo(agent, merge_id)

    assert (undone.status_code, undone.json()["undone_by"]) == (200, "KF003")
    after = seen(agent, survivor), seen(agent, loser)
    for was, now in zip(before, after, strict=True):
        assert now == {**was, "version": was["version"] + 2, "updated_at": now["updated_at"]}
    again = undo(agent, merge_id)
    assert (again.status_code, again.json()["type"]) == (409, "urn:gamedesk:problem:merge-undone")
    merged(agent, loser, survivor)


def test_undoing_leaves_a_field_that_somebody_changed_since__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    merge_id = merged(agent, survivor, loser, tier="loser", note="loser")
    edit(agent, survivor, tier="whale")

    assert undo(agent, merge_id).status_code == 200

    found = seen(agent, survivor)
    assert (found["tier"], found["note"]) == ("whale", "老玩家")


def test_a_wechat_id_goes_with_the_player_who_leaves__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    merge_id = merged(agent, survivor, loser)
    edit(agent, survivor, wechat_id="qitian_dasheng")  # one of his own now

    assert undo(agent, merge_id).status_code == 200

    assert seen(agent, survivor)["wechat_id"] == "sun_wukong"
    assert seen(agent, loser)["wechat_id"] == "qitian_dasheng"


def test_two_merges_into_one_are_undone_in_any_order__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, first) = as_agent("KF003"), two
    second = new_player(agent, "13700137000", tier="whale")
    one = merged(agent, survivor, first, tier="loser")
    two_ = merged(agent, survivor, second, tier="loser")
    assert seen(agent, survivor)["tier"] == "whale"

    assert undo(agent, one).status_code == 200
    assert seen(agent, survivor)["tier"] == "whale", "the second merge's"
    assert undo(agent, two_).status_code == 200

    assert seen(agent, survivor)["tier"] == "big", "as before both"


def test_merged_into_is_always_a_root_and_undone_from_the_end__merge(
    as_agent: As, two: Any, database: Database
) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    root = new_player(agent, "13700137000")
    inner = merged(agent, survivor, loser)
    outer = merged(agent, root, survivor)

    assert seen(agent, loser)["player_id"] == root["player_id"]
    assert len(seen(agent, root)["phones"]) == 3
    assert [kind for kind, *_ in events_of(database, loser)] == ["created", "merged", "merged"]
    assert events_of(database, loser)[-1][2] == root["player_id"]
    early = undo(agent, inner)
    assert (early.status_code, early.json()["type"]) == (409, "urn:gamedesk:problem:player-merged")
    assert early.json()["merged_into"] == root["player_id"]

    assert undo(agent, outer).status_code == 200

    assert seen(agent, loser)["player_id"] == survivor["player_id"]
    assert seen(agent, root)["merged_from"] == []
    assert undo(agent, inner).status_code == 200
    assert seen(agent, loser)["redirected_from"] is None


def test_both_sides_are_published_in_one_transaction__I1(as_agent: As, two: Any, database: Database) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two

    merge_id = merged(agent, survivor, loser)
    assert events_of(database, survivor)[1:] == [("updated", 2, None, "KF003")]
    assert events_of(database, loser)[1:] == [("merged", 2, survivor["player_id"], "KF003")]
    undo(agent, merge_id)

    assert events_of(database, survivor)[2:] == [("updated", 3, None, "KF003")]
    assert events_of(database, loser)[2:] == [("updated", 3, None, "KF003")]


def test_the_loser_always_has_the_survivors_owner__handoff(as_agent: As, two: Any, database: Database) -> None:
    admin, (survivor, loser) = as_agent("KF001"), two
    edit(admin, loser, owner_agent_id="KF004")

    merge_id = merged(admin, survivor, loser)
    assert events_of(database, loser)[-1][2:] == (survivor["player_id"], "KF003")
    edit(admin, survivor, owner_agent_id="KF002")
    assert events_of(database, loser)[-1] == ("updated", 4, survivor["player_id"], "KF002")
    undo(admin, merge_id)

    assert seen(admin, loser)["owner_agent_id"] == "KF004", "as before"
    assert seen(admin, survivor)["owner_agent_id"] == "KF002", "as somebody decided since"


def test_the_losers_owner_may_be_kept__merge(as_agent: As, two: Any) -> None:
    admin, (survivor, loser) = as_agent("KF001"), two
    edit(admin, loser, owner_agent_id="KF004")

    merge_id = merged(admin, survivor, loser, owner="loser")

    assert seen(admin, survivor)["owner_agent_id"] == "KF004"
    undo(admin, merge_id)
    assert [seen(admin, p)["owner_agent_id"] for p in two] == ["KF003", "KF004"]


def test_a_merge_is_refused_for_oneself_the_merged_and_the_unknown__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    other = new_player(agent, "13700137000")
    path = f"/players/{survivor['player_id']}/merges"

    def refusal(**body: Any) -> tuple[int, str, str]:
        response = agent.post(path, {"loser_version": 1, **body}, version=1)
        problem = response.json()
        return response.status_code, problem["type"].rpartition(":")[2], problem["errors"][0]["pointer"]

    assert refusal(loser_id=survivor["player_id"]) == (422, "merge-refused", "/loser_id")
    unknown = "019aa000-0000-7000-8000-000000000000"
    assert refusal(loser_id=unknown) == (422, "merge-refused", "/loser_id")
    merged(agent, other, loser)
    assert refusal(loser_id=loser["player_id"]) == (409, "player-merged", "/loser_id")
    into_merged = merge(agent, {**loser, "player_id": loser["player_id"]}, survivor)
    assert (into_merged.status_code, into_merged.json()["merged_into"]) == (409, other["player_id"])


def test_a_merge_needs_both_versions_as_seen__R13(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    path, body = f"/players/{survivor['player_id']}/merges", {"loser_id": loser["player_id"], "loser_version": 1}

    assert agent.post(path, body).status_code == 428
    edit(agent, loser, tier="small")
    stale = agent.post(path, body, version=1)
    assert (stale.status_code, stale.json()["current"]["player_id"]) == (412, loser["player_id"])
    edit(agent, survivor, tier="small")
    stale = agent.post(path, body, version=1)
    assert (stale.status_code, stale.json()["current"]["player_id"]) == (412, survivor["player_id"])


def test_the_same_key_merges_once__I7(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    path, body = f"/players/{survivor['player_id']}/merges", {"loser_id": loser["player_id"], "loser_version": 1}

    first, again = (agent.post(path, body, key="k-12345678", version=1) for _ in range(2))

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert agent.get(path).json()["items"] == [first.json()]


def test_only_who_may_change_both_merges_them__roles(as_agent: As, two: Any) -> None:
    survivor, loser = two
    edit(as_agent("KF001"), loser, owner_agent_id="KF004")

    assert merge(as_agent("KF003"), survivor, loser).status_code == 403, "the other one is a colleague's"
    assert merge(as_agent("KF002"), survivor, loser).status_code == 403, "of another team"
    merge_id = merged(as_agent("KF001"), survivor, loser)
    assert undo(as_agent("KF004"), merge_id).status_code == 403
    assert undo(as_agent("KF002"), merge_id).status_code == 200, "the survivor's owner is of his team"


def test_a_merged_player_cannot_be_edited__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    merged(agent, survivor, loser)

    refused = agent.patch(f"/players/{loser['player_id']}", {"tier": "big"}, version=2)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:gamedesk:problem:player-merged")
    assert refused.json()["merged_into"] == survivor["player_id"]


def test_a_losers_contacts_belong_to_the_survivor__R2_R3(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    merged(agent, survivor, loser)

    for taken in ({"phone": "13900139000"}, {"phone": "13600136000", "wechat_id": "QITIAN_dasheng"}):
        clash = agent.post("/players", taken)
        assert (clash.status_code, clash.json()["existing_player_id"]) == (409, survivor["player_id"])
    kept = edit(agent, survivor, phones=["13700137000"])
    assert [p["phone"] for p in kept["phones"]] == ["13700137000", "13900139000"], "the loser's stays"
    same = edit(agent, survivor, phones=["13700137000", "13900139000"])
    assert same["version"] == kept["version"], "naming it changes nothing"
    none_left = agent.patch(f"/players/{survivor['player_id']}", {"phones": ["13900139000"]}, version=kept["version"])
    assert (none_left.status_code, none_left.json()["type"]) == (422, "urn:gamedesk:problem:phone-needed")


def test_merging_crosswise_at_once_merges_once_and_waits_in_no_circle__R13(as_agent: As, two: Any) -> None:
    survivor, loser = two
    clients = [as_agent("KF003") for _ in range(8)]

    def attempt(index: int) -> int:
        first, second = (survivor, loser) if index % 2 else (loser, survivor)
        body = {"loser_id": second["player_id"], "loser_version": 1}
        return clients[index].post(f"/players/{first['player_id']}/merges", body, version=1).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(8)))

    assert statuses == [201] + [409] * 7


def test_merges_of_a_player_are_listed_newest_first__merge(as_agent: As, two: Any) -> None:
    agent, (survivor, loser) = as_agent("KF003"), two
    first = merged(agent, survivor, loser)
    undo(agent, first)
    second = merged(agent, survivor, loser)

    path = f"/players/{loser['player_id']}/merges"
    page = agent.get(path, limit=1).json()
    rest = agent.get(path, limit=1, cursor=page["next_cursor"]).json()

    assert [m["merge_id"] for m in page["items"] + rest["items"]] == [second, first]
    assert (rest["next_cursor"], rest["items"][0]["undone_by"]) == (None, "KF003")


def test_a_person_is_merged_handed_off_and_edited_at_once_without_losing_anything__R13(
    as_agent: As, database: Database
) -> None:
    admin = as_agent("KF001")
    players = [new_player(admin, f"1380013800{n}", owner_agent_id="KF003") for n in range(6)]
    assert admin.post("/handoffs", {"from_agent_id": "KF003", "to_agent_id": "KF004", "reason": "离职"}).is_success

    def merge_next(index: int) -> None:
        for _ in range(20):
            if merge(clients[index], players[0], players[index]).status_code == 201:
                return
        raise AssertionError("never got through")

    clients = [as_agent("KF001") for _ in range(6)]
    with ThreadPoolExecutor(7) as pool:
        merging = [pool.submit(merge_next, index) for index in range(1, 6)]
        moving = pool.submit(move_players, database)
        for each in (*merging, moving):
            each.result()
    move_players(database)

    found = seen(admin, players[0])
    assert sorted(found["merged_from"]) == sorted(p["player_id"] for p in players[1:])
    with database.begin() as tx:
        assert tx.execute(text("SELECT DISTINCT owner_agent_id FROM players")).scalars().all() == ["KF004"]
        versions = "SELECT count(*) FROM outbox WHERE type LIKE 'players.player.%'"
        assert (
            tx.execute(text(versions)).scalar_one() == tx.execute(text("SELECT sum(version) FROM players")).scalar_one()
        )
