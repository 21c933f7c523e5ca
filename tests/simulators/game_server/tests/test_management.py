"""Profiles set by hand, and reset."""

from __future__ import annotations

from typing import Any

import httpx

PHONE = "+8613812341111"


def profiles(game: httpx.Client) -> list[dict[str, Any]]:
    return game.get("/profiles", params={"phone": PHONE}).json()["profiles"]


def test_rename_and_server_merge_keep_the_account(game: httpx.Client, manage: httpx.Client) -> None:
    before = profiles(game)
    merged = {"id": "s900", "name": "900区 合服"}
    change = {"nickname": "齐天大圣", "server": merged}
    assert manage.put("/profiles", json={"phone": PHONE, "change": change}).status_code == 200
    assert profiles(game) == [{**before[0], **change}]


def test_profiles_can_be_taken_away_and_doubled(game: httpx.Client, manage: httpx.Client) -> None:
    one = profiles(game)[0]
    manage.put("/profiles", json={"phone": PHONE, "profiles": []})
    assert profiles(game) == []
    two = [one, {**one, "game_account_id": "XIY2", "nickname": "小号"}]
    manage.put("/profiles", json={"phone": PHONE, "profiles": two})
    assert profiles(game) == two
    assert manage.get("/profiles", params={"phone": PHONE}).json() == {"phone": PHONE, "profiles": two}


def test_change_of_nobody_is_refused(manage: httpx.Client) -> None:
    body = {"phone": "+8613812340000", "change": {"level": 2}}
    assert manage.put("/profiles", json=body).status_code == 422


def test_profiles_outside_the_contract_are_refused(manage: httpx.Client) -> None:
    for body in (
        {"phone": PHONE},
        {"phone": PHONE, "profiles": [{"nickname": "x"}]},
        {"phone": PHONE, "profiles": [], "change": {"level": 1}},
        {"phone": "138", "profiles": []},
    ):
        assert manage.put("/profiles", json=body).status_code == 400


def test_reset_forgets_everything(game: httpx.Client, manage: httpx.Client, client: httpx.Client) -> None:
    before = profiles(game)
    manage.put("/profiles", json={"phone": PHONE, "profiles": []})
    manage.post("/prices", json={"changes": [{"code": "XIYOU-1001", "price_fen": 1}], "push": False})
    manage.put("/faults", json={"mode": "error"})
    assert client.post("/management/reset").status_code == 204
    assert profiles(game) == before
    assert game.get("/items", params={"limit": 1}).json()["items"][0]["version"] == 1
    assert manage.get("/requests").json()["total"] == 2
