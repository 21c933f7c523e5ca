"""Players through the API: R1–R6."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]


def new_player(client: ApiClient, phone: str = "138 0013 8000", **fields: Any) -> dict[str, Any]:
    response = client.post("/players", {"phone": phone, **fields})
    assert response.status_code == 201, response.text
    return response.json()


def test_create_fills_in_the_agents_wechat_and_a_pending_profile_per_game__R1_R4_R5(as_agent: As) -> None:
    player = new_player(as_agent("KF003"), wechat_id="sun_wukong", wechat_name="孙悟空")

    assert player["owner"] == {
        "agent_id": "KF003",
        "name": "客服KF003",
        "wechat_id": "wx_KF003",
        "wechat_name": "微信KF003",
    }
    assert {(p["game_id"], p["state"]) for p in player["profiles"]} == {("xiyou", "pending"), ("sanguo", "pending")}
    assert player["phones"] == [{"phone": "13800138000", "primary": True}]


@pytest.mark.parametrize(
    "spelling", ["13800138000", "+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００", "138 0013 8000"]
)
def test_any_spelling_of_a_phone_is_the_same_player__R2(as_agent: As, spelling: str) -> None:
    player = new_player(as_agent("KF003"))

    again = as_agent("KF003").post("/players", {"phone": spelling})

    assert again.status_code == 409
    assert again.json()["type"] == "urn:gamedesk:problem:player-exists"
    assert again.json()["existing_player_id"] == player["player_id"]


def test_a_former_wechat_id_still_names_the_player__R3(as_agent: As) -> None:
    agent = as_agent("KF003")
    player = new_player(agent, wechat_id="first_id")
    edited = agent.patch(f"/players/{player['player_id']}", {"wechat_id": "second_id"}, version=1)
    assert edited.json()["wechat_aliases"] == ["first_id"]

    clash = agent.post("/players", {"phone": "13900139000", "wechat_id": "FIRST_ID"})

    assert clash.json()["existing_player_id"] == player["player_id"]
    for wanted in ("first_id", "second_id", "secon"):
        assert [p["player_id"] for p in agent.get("/players", q=wanted).json()["items"]] == [player["player_id"]]


def test_a_current_wechat_id_names_the_player_in_any_letters__R3(as_agent: As) -> None:
    player = new_player(as_agent("KF003"), wechat_id="Sun_Wukong")

    clash = as_agent("KF004").post("/players", {"phone": "13900139000", "wechat_id": "sun_wukong"})

    assert (clash.status_code, clash.json()["existing_player_id"]) == (409, player["player_id"])


@pytest.mark.parametrize("wechat_id", ["short", "1starts_with_digit", "with space", "a" * 21, "wxid_中文"])
def test_what_is_no_wechat_id_is_refused_without_repeating_it__R3(as_agent: As, wechat_id: str) -> None:
    refused = as_agent("KF003").post("/players", {"phone": "13800138000", "wechat_id": wechat_id})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/wechat_id")
    assert wechat_id not in refused.text


def test_of_several_who_create_a_player_at_once_one_does_and_the_others_get_him__R2(as_agent: As) -> None:
    agents = [as_agent(agent_id) for agent_id in ("KF001", "KF002", "KF003", "KF004")]
    with ThreadPoolExecutor(len(agents)) as pool:
        answers = list(pool.map(lambda agent: agent.post("/players", {"phone": "13800138000"}), agents))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    ids = {answer.json().get("player_id") or answer.json()["existing_player_id"] for answer in answers}
    assert len(ids) == 1


@pytest.mark.parametrize("phone", ["1380013800", "12345678901", "138001380001", "+1 555", "电话号码", "0" * 30])
def test_what_is_no_phone_is_refused_without_repeating_it__R2(as_agent: As, phone: str) -> None:
    response = as_agent("KF003").post("/players", {"phone": phone})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/phone"
    assert phone not in response.text


@pytest.mark.parametrize(
    "wanted", ["13800138000", "8000", "+8613800138000", "孙", "悟空", "孙悟空", "sun_w", "SUN_WUKONG"]
)
def test_find_by_phone_last_four_wechat_id_and_name__R6(as_agent: As, wanted: str) -> None:
    agent = as_agent("KF003")
    player = new_player(agent, wechat_id="sun_wukong", wechat_name="孙悟空")
    new_player(agent, "13900139001", wechat_id="zhu_bajie", wechat_name="猪八戒")

    found = agent.get("/players", q=wanted).json()

    assert [p["player_id"] for p in found["items"]] == [player["player_id"]]
    assert found["refine"] is False


def test_an_owners_matches_are_found_among_many_of_others__R6(as_agent: As) -> None:
    mine = [new_player(as_agent("KF003"), f"1390013900{n}", wechat_name=f"老王{n}")["player_id"] for n in range(2)]
    for n in range(55):
        new_player(as_agent("KF004"), f"138001380{n:02}", wechat_name=f"王{n}")

    def find(**filters: Any) -> tuple[list[str], bool]:
        page = as_agent("KF003").get("/players", q="王", **filters).json()
        return [p["player_id"] for p in page["items"]], page["refine"]

    assert find(owner="KF003") == (mine[::-1], False)
    assert find(owner="KF003", limit=1) == (mine[:0:-1], True)
    everybodys, refine = find(limit=200)
    assert (len(everybodys), refine) == (50, True)
    assert everybodys == sorted(everybodys, reverse=True), "the newest first"


def test_wildcards_in_a_search_are_plain_characters__R6(as_agent: As) -> None:
    new_player(as_agent("KF003"), wechat_name="百分之百")

    for wanted in ("%", "_", "百%", "\\"):
        assert as_agent("KF003").get("/players", q=wanted).json()["items"] == []


def test_contacts_are_masked_for_everybody_but_the_owner_and_in_lists(as_agent: As, database: Database) -> None:
    player = new_player(as_agent("KF003"), wechat_id="sun_wukong")

    for reader in ("KF001", "KF002", "KF004"):
        seen = as_agent(reader).get(f"/players/{player['player_id']}").json()
        assert (seen["phone"], seen["wechat_id"], seen["masked"]) == ("138****8000", "su****ng", True)
        assert seen["phones"][0]["phone"] == "138****8000"
    assert as_agent("KF003").get("/players", owner="KF003").json()["items"][0]["phone"] == "138****8000"

    reveal = f"/players/{player['player_id']}/reveal"
    revealed = as_agent("KF004").post(reveal, {"reason": "代班"}, key="k-12345678")
    assert (revealed.status_code, revealed.json()["phone"]) == (201, "13800138000")
    replayed = as_agent("KF004").post(reveal, {"reason": "代班"}, key="k-12345678")
    assert (replayed.status_code, replayed.json()["phone"]) == (201, "138****8000"), "what is shown is recorded"
    with database.begin() as tx:
        assert tx.execute(text("SELECT agent_id, reason FROM contact_reveals")).all() == [("KF004", "代班")]


def test_only_owner_or_lead_changes_a_player_and_only_the_version_he_saw__R13(as_agent: As) -> None:
    player = new_player(as_agent("KF003"))
    path = f"/players/{player['player_id']}"

    assert as_agent("KF004").patch(path, {"tier": "whale"}, version=1).status_code == 403
    assert as_agent("KF003").patch(path, {"tier": "whale"}, version=None).status_code == 428
    assert as_agent("KF002").patch(path, {"tier": "big"}, version=1).json()["version"] == 2
    stale = as_agent("KF003").patch(path, {"note": "VIP"}, version=1)
    assert stale.status_code == 412
    assert (stale.json()["current"]["tier"], stale.json()["current"]["version"]) == ("big", 2)
    assert stale.json()["current"]["phone"] == "13800138000", "the owner sees the current state unmasked"


def test_an_edit_that_changes_nothing_leaves_no_trace(as_agent: As) -> None:
    player = new_player(as_agent("KF003"), tier="big")

    same = as_agent("KF003").patch(f"/players/{player['player_id']}", {"tier": "big", "tags": []}, version=1)

    assert (same.status_code, same.json()["version"]) == (200, 1)


def test_phones_are_added_ordered_and_released__R2(as_agent: As) -> None:
    agent = as_agent("KF003")
    player = new_player(agent, "13800138000")
    other = new_player(agent, "13700137000")
    path = f"/players/{player['player_id']}"

    edited = agent.patch(path, {"phones": ["139 0013 9000", "+8613800138000", "13900139000"]}, version=1)

    assert edited.json()["phones"] == [
        {"phone": "13900139000", "primary": True},
        {"phone": "13800138000", "primary": False},
    ]
    taken = agent.patch(path, {"phones": ["13800138000", "13700137000"]}, version=2)
    assert (taken.status_code, taken.json()["existing_player_id"]) == (409, other["player_id"])
    assert taken.json()["errors"][0]["pointer"] == "/phones/1"
    wrong = agent.patch(path, {"phones": ["13800138000", "999"]}, version=2)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/phones/1")
    assert agent.patch(path, {"phones": []}, version=2).status_code == 400
    assert agent.patch(path, {"phones": ["13800138000"]}, version=2).json()["phone"] == "13800138000"
    new_player(agent, "13900139000")


def test_owner_must_be_an_active_agent__R4(as_agent: As) -> None:
    refused = as_agent("KF003").post("/players", {"phone": "13800138000", "owner_agent_id": "KF999"})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/owner_agent_id")
    assert as_agent("KF003").get("/players", q="13800138000").json()["items"] == []


def test_same_key_same_body_creates_once_and_another_body_is_refused__I7(as_agent: As) -> None:
    agent = as_agent("KF003")
    first = agent.post("/players", {"phone": "13800138000"}, key="k-12345678")
    again = agent.post("/players", {"phone": "13800138000"}, key="k-12345678")
    other = agent.post("/players", {"phone": "13900139000"}, key="k-12345678")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["player_id"] == again.json()["player_id"]
    assert (other.status_code, other.json()["type"]) == (422, "urn:gamedesk:problem:idempotency-key-reused")
    assert as_agent("KF004").post("/players", {"phone": "13700137000"}, key="k-12345678").status_code == 201


def test_list_pages_by_keyset_newest_first(as_agent: As) -> None:
    agent = as_agent("KF003")
    made = [new_player(agent, f"1380013800{n}")["player_id"] for n in range(5)]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = agent.get("/players", owner="KF003", limit=2, **cursor).json()
        seen += [p["player_id"] for p in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == made[::-1]


def test_cards_of_several_players_in_one_read(as_agent: As) -> None:
    one, two = new_player(as_agent("KF003")), new_player(as_agent("KF003"), "13900139000")
    unknown = "019aa000-0000-7000-8000-000000000000"

    cards = as_agent("KF004").get("/player-cards", ids=f"{one['player_id']},{two['player_id']},{unknown}").json()

    assert {c["player_id"] for c in cards["items"]} == {one["player_id"], two["player_id"]}


def test_each_change_leaves_exactly_one_event_without_personal_data__I1(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player = new_player(agent, wechat_id="sun_wukong", wechat_name="孙悟空")
    agent.patch(f"/players/{player['player_id']}", {"tier": "whale", "note": "秘密"}, version=1)

    with database.begin() as tx:
        rows = tx.execute(
            text("SELECT type, version, payload::text FROM outbox WHERE aggregate_id = :id ORDER BY version"),
            {"id": player["player_id"]},
        ).all()
    assert [(r.type, r.version) for r in rows] == [
        ("players.player.created.v1", 1),
        ("players.player.updated.v1", 2),
    ]
    for row in rows:
        assert not any(secret in row.payload for secret in ("13800138000", "sun_wukong", "孙悟空", "秘密"))


def test_a_refused_creation_leaves_no_event__I2(as_agent: As, database: Database) -> None:
    new_player(as_agent("KF003"))
    count = text("SELECT count(*) FROM outbox")
    with database.begin() as tx:
        before = tx.execute(count).scalar_one()

    as_agent("KF003").post("/players", {"phone": "13900139000", "wechat_id": "someone"})
    as_agent("KF003").post("/players", {"phone": "13700137000", "wechat_id": "someone"})

    with database.begin() as tx:
        assert tx.execute(count).scalar_one() == before + 3, "one player with a place for each of two games"
