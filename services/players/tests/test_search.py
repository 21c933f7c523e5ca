"""Finding players by what is typed: R3, R6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players.commands.players import index_names
from gamedesk_players.model.profiles import Account, Profile
from gamedesk_players.repository import profiles
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]


def new_player(client: ApiClient, phone: str, **fields: Any) -> str:
    response = client.post("/players", {"phone": phone, **fields})
    assert response.status_code == 201, response.text
    return response.json()["player_id"]


def found(client: ApiClient, typed: str, **narrowed: Any) -> list[tuple[str, str]]:
    """(player id, match) as they are shown."""
    response = client.get("/players", q=typed, **narrowed)
    assert response.status_code == 200, response.text
    return [(card["player_id"], card["match"]) for card in response.json()["items"]]


def set_nickname(database: Database, player_id: str, nickname: str) -> None:
    with database.begin() as tx:
        (profile, *_) = profiles.of_players(tx, [player_id])[player_id]  # pyright: ignore[reportArgumentType]
        account = Account("1", nickname, "s1", "花果山", None, None)
        profiles.upsert(tx, Profile(**{**vars(profile), "account": account, "state": "ok"}))
        index_names(tx, profile.player_id)


@pytest.fixture
def wukong(as_agent: As, database: Database) -> str:
    """Of KF003, beside somebody who is called quite otherwise."""
    agent = as_agent("KF003")
    player_id = new_player(agent, "13800138000", wechat_id="qitian_dasheng", wechat_name="孙悟空 Sun")
    new_player(agent, "13900139001", wechat_id="zhu_bajie", wechat_name="猪八戒")
    version = agent.get(f"/players/{player_id}").json()["version"]
    edited = agent.patch(
        f"/players/{player_id}",
        {"wechat_id": "wxid_monkey72", "phones": ["13800138000", "+1 415-555-2671"]},
        version=version,
    )
    assert edited.status_code == 200
    with database.begin() as tx:
        row = tx.execute(text("SELECT player_id FROM players WHERE wechat_id = 'wxid_monkey72'")).one()
    set_nickname(database, row.player_id, "ＭｏｎｋｅｙＫing★")
    return player_id


# What is typed, and by what his owner finds the player.
TYPED: dict[str, str | None] = {
    "13800138000": "phone",
    "+86 138-0013-8000": "phone",
    "008613800138000": "phone",
    "１３８００１３８０００": "phone",
    "+14155552671": "phone",
    "14155552671": "phone_prefix",
    "13800": "phone_prefix",
    "138 0013": "phone_prefix",
    "+86138": "phone_prefix",
    "0086138": "phone_prefix",
    "+1415": None,
    "+14155": "phone_prefix",
    "8000": "last_four",
    "２６７１": "last_four",
    "1380": None,
    "wxid_monkey72": "wechat_id",
    "WXID_Monkey72": "wechat_id",
    "qitian_dasheng": "former_wechat_id",
    "q": "wechat_prefix",
    "wxid_m": "wechat_prefix",
    "qitian_d": "wechat_prefix",
    "dasheng": "wechat_part",
    "tian_": "wechat_part",
    "key72": "wechat_part",
    "孙悟空 sun": "name",
    "ＳＵＮ": "name_part",
    "孙": "name_prefix",
    "孙悟": "name_prefix",
    "悟": "name_part",
    "悟空": "name_part",
    "空 s": "name_part",
    "MonkeyKing★": "name",
    "monkeyk": "name_prefix",
    "m": "name_prefix",
    "keyKing": "name_part",
    "★": "name_part",
    "un": None,
    "空悟": None,
    "孙%": None,
    "_": None,
    "\\": None,
    "孙悟空 Sun 猪": None,
}


PARTS_OF_CONTACTS = ("phone_prefix", "wechat_prefix", "wechat_part")


def test_a_player_is_found_by_what_names_him_and_says_by_what__R6(as_agent: As, wukong: str) -> None:
    agent = as_agent("KF003")

    assert {typed: found(agent, typed) for typed in TYPED} == {
        typed: [(wukong, match)] if match else [] for typed, match in TYPED.items()
    }


@pytest.mark.parametrize("narrowed", [{}, {"owner": "KF003"}])
@pytest.mark.parametrize("agent_id", ["KF001", "KF002", "KF004"])
def test_whoever_sees_contacts_masked_finds_nobody_by_a_part_of_them__R6(
    as_agent: As, wukong: str, agent_id: str, narrowed: dict[str, str]
) -> None:
    agent = as_agent(agent_id)

    assert {typed: found(agent, typed, **narrowed) for typed in TYPED} == {
        typed: [(wukong, match)] if match and match not in PARTS_OF_CONTACTS else [] for typed, match in TYPED.items()
    }


def test_a_masked_phone_is_not_guessed_digit_by_digit__R6(as_agent: As) -> None:
    new_player(as_agent("KF003"), "13812345678", wechat_name="目标")
    agent = as_agent("KF004")

    beginnings = ["13812345678"[:length] for length in range(5, 11)]
    assert [found(agent, typed) for typed in beginnings] == [[]] * 6
    assert [match for _, match in found(agent, "13812345678")] == ["phone"]


def test_the_owners_filter_finds_nobody_elses_players_by_a_part_of_contacts__R6(as_agent: As, wukong: str) -> None:
    mine = new_player(as_agent("KF004"), "13800138001")

    assert found(as_agent("KF004"), "13800") == [(mine, "phone_prefix")]
    assert found(as_agent("KF004"), "13800", owner="KF004") == [(mine, "phone_prefix")]
    assert found(as_agent("KF004"), "13800", owner="KF003") == []


def test_the_wechat_id_that_a_survivor_took_over_is_his_current_one__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    survivor = new_player(agent, "13800138000", wechat_id="wukong_one")
    loser = new_player(agent, "13900139000", wechat_id="Wukong_Two")
    body = {"loser_id": loser, "loser_version": 1, "keep": {"wechat_id": "loser"}}
    assert agent.post(f"/players/{survivor}/merges", body, version=1).status_code == 201

    assert found(agent, "wukong_two") == [(survivor, "wechat_id")]
    assert found(agent, "wukong_one") == [(survivor, "former_wechat_id")]


def test_exact_matches_come_first_then_prefixes_then_parts__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    part = new_player(agent, "13800138000", wechat_name="老王")
    prefix = [new_player(agent, f"1380013800{n}", wechat_name=f"王{n}") for n in (1, 2)]
    exact = new_player(agent, "13800138003", wechat_name="王")
    newest = new_player(agent, "13800138004", wechat_name="隔壁老王")

    assert found(agent, "王") == [
        (exact, "name"),
        (prefix[1], "name_prefix"),
        (prefix[0], "name_prefix"),
        (newest, "name_part"),
        (part, "name_part"),
    ]


def test_a_player_with_several_matches_is_shown_once_by_the_best__R6(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = new_player(agent, "13800138000", wechat_id="wang_1999", wechat_name="Wang_1999 本人")

    assert found(agent, "wang_1999") == [(player_id, "wechat_id")]


def test_at_most_fifty_are_shown_and_more_asks_to_refine__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    ids = [new_player(agent, f"138001380{n:02}", wechat_name=f"小明{n}") for n in range(51)]

    page = agent.get("/players", q="小明", limit=200).json()
    assert ([card["player_id"] for card in page["items"]], page["refine"]) == (ids[:0:-1], True)
    few = agent.get("/players", q="小明1", limit=200).json()
    assert (len(few["items"]), few["refine"]) == (11, False)
    assert agent.get("/players", q="小明1", limit=3).json()["refine"] is True


def test_whatever_names_a_merged_player_finds_the_survivor_once__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    survivor = new_player(agent, "13800138000", wechat_id="wukong_one", wechat_name="孙悟空")
    loser = new_player(agent, "13900139000", wechat_id="wukong_two", wechat_name="孙行者")
    merged = agent.post(f"/players/{survivor}/merges", {"loser_id": loser, "loser_version": 1}, version=1)
    assert merged.status_code == 201, merged.text

    for typed, match in [
        ("13900139000", "phone"),
        ("9000", "last_four"),
        ("wukong_two", "former_wechat_id"),
        ("孙行者", "name"),
        ("行者", "name_part"),
        ("孙", "name_prefix"),
        ("wukong", "wechat_prefix"),
    ]:
        assert found(agent, typed) == [(survivor, match)]
        assert found(agent, typed, owner="KF003") == [(survivor, match)]


def test_an_erased_player_is_found_by_nothing__R6(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = new_player(agent, "13800138000", wechat_id="sun_wukong", wechat_name="孙悟空")
    with database.begin() as tx:
        tx.execute(text("UPDATE players SET erased_at = now() WHERE player_id = :id"), {"id": player_id})

    for typed in ("13800138000", "8000", "13800", "sun_wukong", "sun", "孙悟空", "孙", "悟空"):
        assert found(agent, typed) == []
    assert agent.get("/players").json()["items"] == []


def test_a_changed_name_is_found_and_the_one_before_is_not__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    player_id = new_player(agent, "13800138000", wechat_name="旧名字")

    agent.patch(f"/players/{player_id}", {"wechat_name": "新名字"}, version=1)

    assert (found(agent, "旧"), found(agent, "新名字")) == ([], [(player_id, "name")])


def test_a_search_is_narrowed_by_owner_alone__R6(as_agent: As) -> None:
    mine = new_player(as_agent("KF003"), "13800138000", wechat_name="老王")
    new_player(as_agent("KF004"), "13800138001", wechat_name="老王")

    assert found(as_agent("KF003"), "老王", owner="KF003") == [(mine, "name")]
    for narrowed in ({"tier": "big"}, {"game": "xiyou"}, {"created_from": "2026-01-01"}, {"cursor": "W10"}):
        refused = as_agent("KF003").get("/players", q="老王", **narrowed)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/query/q")


def test_the_longest_name_is_kept_and_found__R6(as_agent: As) -> None:
    longest = "\ufdfa" * 64  # each is eighteen characters to compare

    player_id = new_player(as_agent("KF003"), "13800138000", wechat_name=longest)

    assert found(as_agent("KF003"), longest) == [(player_id, "name")]


def test_blanks_find_nobody__R6(as_agent: As, wukong: str) -> None:
    for typed in (" ", "\u3000", "\t"):
        assert found(as_agent("KF003"), typed) == []
