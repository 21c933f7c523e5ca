"""Lists of players, narrowed: R6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]


def new_player(client: ApiClient, phone: str, **fields: Any) -> str:
    response = client.post("/players", {"phone": phone, **fields})
    assert response.status_code == 201, response.text
    return response.json()["player_id"]


def listed(client: ApiClient, **filters: Any) -> list[str]:
    """All pages of two."""
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        response = client.get("/players", limit=2, **filters, **cursor)
        assert response.status_code == 200, response.text
        page = response.json()
        seen += [card["player_id"] for card in page["items"]]
        if page["next_cursor"] is None:
            return seen
        cursor = {"cursor": page["next_cursor"]}


def set_profile(database: Database, player_id: str, game: str, state: str, **fields: Any) -> None:
    values = {"state": state, **fields}
    columns = ", ".join(f"{name} = :{name}" for name in values)
    with database.begin() as tx:
        changed = tx.execute(
            text(f"UPDATE profiles SET {columns} WHERE player_id = :player AND game_id = :game"),
            {**values, "player": player_id, "game": game},
        )
    assert changed.rowcount == 1


def account(server: str) -> dict[str, str]:
    return {"game_account_id": "1", "nickname": "悟空", "server_id": server, "server_name": server}


@pytest.fixture
def five(as_agent: As) -> list[str]:
    """Of KF003, the oldest first."""
    return [new_player(as_agent("KF003"), f"1380013800{n}") for n in range(5)]


def test_fields_of_a_player_narrow_the_list_together__R6(as_agent: As) -> None:
    agent = as_agent("KF003")
    whale = new_player(agent, "13800138000", tier="whale", minor_band="8_15")
    tagged = new_player(agent, "13800138001", tier="whale")
    others = new_player(as_agent("KF004"), "13800138002", tier="whale")
    agent.patch(f"/players/{tagged}", {"tags": ["VIP", "老玩家"]}, version=1)

    assert listed(agent, tier="whale") == [others, tagged, whale]
    assert listed(agent, tier="whale", owner="KF003") == [tagged, whale]
    assert listed(agent, tag="老玩家") == [tagged]
    assert listed(agent, tag="老") == []
    assert listed(agent, minor_band="8_15") == [whale]
    assert listed(agent, minor_band="none", owner="KF003") == [tagged]
    assert listed(agent, tier="whale", tag="VIP", minor_band="8_15") == []


@pytest.mark.parametrize("filters", [{}, {"owner": "KF003"}, {"tier": "none"}, {"game": "xiyou"}])
def test_pages_go_both_ways_without_gap_or_repetition__R6(
    as_agent: As, database: Database, five: list[str], filters: dict[str, str]
) -> None:
    for player_id in five:
        set_profile(database, player_id, "xiyou", "ok", **account("花果山"))

    assert listed(as_agent("KF003"), sort="oldest", **filters) == five
    assert listed(as_agent("KF003"), sort="newest", **filters) == five[::-1]
    assert listed(as_agent("KF003"), **filters) == five[::-1]


def test_game_and_server_list_those_with_an_account_there__R5_R6(
    as_agent: As, database: Database, five: list[str]
) -> None:
    agent = as_agent("KF003")
    set_profile(database, five[0], "xiyou", "ok", **account("花果山"))
    set_profile(database, five[1], "xiyou", "ok", **account("水帘洞"))
    set_profile(database, five[2], "sanguo", "ok", **account("花果山"))

    assert listed(agent, game="xiyou") == [five[1], five[0]]
    assert listed(agent, game="xiyou", server="花果山") == [five[0]]
    assert listed(agent, game="xiyou", server="花果山", owner="KF003") == [five[0]]
    assert listed(agent, game="xiyou", server="花果山", owner="KF004") == []
    assert listed(agent, game="xiyou", server="花果") == []
    refused = agent.get("/players", server="花果山")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/query/server")


def test_two_accounts_in_a_game_list_a_player_once__B4(as_agent: As, database: Database, five: list[str]) -> None:
    set_profile(database, five[0], "xiyou", "ambiguous", **account("花果山"))
    with database.begin() as tx:
        tx.execute(
            text(
                "INSERT INTO profiles (profile_id, player_id, game_id, state, game_account_id, server_name, version)"
                " SELECT gen_random_uuid(), player_id, game_id, state, '2', server_name, 1 FROM profiles"
                " WHERE player_id = :id AND game_id = 'xiyou'"
            ),
            {"id": five[0]},
        )

    assert listed(as_agent("KF003"), game="xiyou") == [five[0]]
    assert listed(as_agent("KF003"), game="xiyou", owner="KF003") == [five[0]]


def test_the_state_of_profiles_narrows_in_one_game_or_any__R5_R6(
    as_agent: As, database: Database, five: list[str]
) -> None:
    agent = as_agent("KF003")
    set_profile(database, five[0], "xiyou", "error")
    set_profile(database, five[1], "sanguo", "error")
    set_profile(database, five[2], "xiyou", "ok", **account("花果山"), synced_at="now")
    set_profile(database, five[3], "xiyou", "ok", **account("花果山"), synced_at="2020-01-01T00:00:00Z")

    assert listed(agent, profile_state="error") == [five[1], five[0]]
    assert listed(agent, profile_state="error", game="xiyou") == [five[0]]
    assert listed(agent, profile_state="ok") == [five[2]]
    assert listed(agent, profile_state="stale") == [five[3]]
    assert listed(agent, profile_state="stale", game="xiyou", server="花果山", owner="KF003") == [five[3]]
    assert listed(agent, profile_state="stale", game="sanguo") == []
    assert listed(agent, profile_state="pending", game="xiyou") == [five[4], five[1]]


def test_a_survivor_is_listed_by_the_profiles_of_whom_he_took_over__B4(
    as_agent: As, database: Database, five: list[str]
) -> None:
    agent = as_agent("KF003")
    survivor, loser = five[0], five[1]
    set_profile(database, loser, "xiyou", "ok", **account("花果山"))
    set_profile(database, five[2], "xiyou", "ok", **account("花果山"))
    merged = agent.post(f"/players/{survivor}/merges", {"loser_id": loser, "loser_version": 1}, version=1)
    assert merged.status_code == 201, merged.text

    assert listed(agent) == [five[4], five[3], five[2], survivor]
    for filters in ({}, {"owner": "KF003"}, {"server": "花果山"}, {"server": "花果山", "owner": "KF003"}):
        assert listed(agent, game="xiyou", **filters) == [five[2], survivor]
        assert listed(agent, game="xiyou", sort="oldest", **filters) == [survivor, five[2]]


def id_made_at(year: int, month: int, day: int, hour: int, minute: int = 0) -> UUID:
    made = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))
    return UUID(int=int(made.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


def test_days_of_creation_are_shanghai_days_both_included__R6(as_agent: As, database: Database) -> None:
    made = [id_made_at(2026, 3, 1, 23, 59), id_made_at(2026, 3, 2, 0), id_made_at(2026, 3, 3, 23, 59)]
    with database.begin() as tx:
        for player_id in made:
            tx.execute(
                text(
                    "INSERT INTO players (player_id, owner_agent_id, tier, minor_band, note, tags, version, created_at,"
                    " updated_at) VALUES (:id, 'KF003', 'none', 'none', '', '{}', 1, now(), now())"
                ),
                {"id": player_id},
            )
    first, second, third = map(str, made)
    agent = as_agent("KF003")

    assert listed(agent, created_from="2026-03-02") == [third, second]
    assert listed(agent, created_to="2026-03-02") == [second, first]
    assert listed(agent, created_from="2026-03-02", created_to="2026-03-02", owner="KF003") == [second]
    assert listed(agent, created_from="2026-03-04", created_to="2026-03-01") == []
    assert listed(agent, created_from="0001-01-01", created_to="9999-12-31", sort="oldest") == [first, second, third]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-2-3", "yesterday", "0000-01-01"])
def test_what_is_no_day_is_refused_by_name__R6(as_agent: As, day: str) -> None:
    refused = as_agent("KF003").get("/players", created_from=day)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/query/created_from")
