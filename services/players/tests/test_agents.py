"""Agents through the API: R21 and who may change what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient

from .conftest import PASSWORD

As = Callable[[str], ApiClient]
NEW = {"agent_id": "KF100", "name": "小李", "password": PASSWORD, "wechat_id": "wx_xiaoli", "wechat_name": "李客服"}


def test_an_agent_is_created_with_id_and_wechat__R21(as_agent: As) -> None:
    created = as_agent("KF001").post("/agents", NEW)

    assert created.status_code == 201
    assert {k: created.json()[k] for k in ("agent_id", "wechat_id", "wechat_name", "role", "active")} == {
        "agent_id": "KF100",
        "wechat_id": "wx_xiaoli",
        "wechat_name": "李客服",
        "role": "agent",
        "active": True,
    }
    assert "password" not in created.text


@pytest.mark.parametrize("caller", ["KF002", "KF003"])
def test_only_an_admin_creates_agents(as_agent: As, caller: str) -> None:
    assert as_agent(caller).post("/agents", NEW).status_code == 403


@pytest.mark.parametrize(
    ("change", "slug"), [({"agent_id": "KF003"}, "agent-exists"), ({"wechat_id": "WX_kf003"}, "wechat-id-in-use")]
)
def test_agent_id_and_wechat_id_belong_to_one_agent__R21(as_agent: As, change: dict[str, Any], slug: str) -> None:
    clash = as_agent("KF001").post("/agents", {**NEW, **change})

    assert (clash.status_code, clash.json()["type"]) == (409, f"urn:gamedesk:problem:{slug}")


def test_a_deactivated_agent_keeps_his_records_and_frees_his_wechat_id__R21(as_agent: As, anonymous: ApiClient) -> None:
    admin = as_agent("KF001")
    player = as_agent("KF003").post("/players", {"phone": "13800138000"}).json()

    assert admin.patch("/agents/KF003", {"active": False}, version=1).status_code == 200

    sign_in = anonymous.request("POST", "/sessions", json={"agent_id": "KF003", "password": PASSWORD})
    assert sign_in.status_code == 401
    assert admin.get(f"/players/{player['player_id']}").json()["owner"]["agent_id"] == "KF003"
    assert admin.patch("/agents/KF004", {"wechat_id": "wx_KF003"}, version=1).status_code == 200


def test_a_deactivated_agents_token_ends_at_once(as_agent: As) -> None:
    as_agent("KF001").patch("/agents/KF004", {"active": False}, version=1)

    refused = as_agent("KF004").get("/players")

    assert refused.status_code == 401


def test_a_demoted_admin_cannot_promote_himself_back(anonymous: ApiClient, token_for: Any) -> None:
    """The token of KF003, who is an agent, is from the days when he was admin."""
    demoted = anonymous.signed_in(token_for("KF003", "admin", "A"))

    assert demoted.patch("/agents/KF003", {"role": "admin"}, version=1).status_code == 403
    assert demoted.get("/players").status_code == 200


def test_the_last_admin_cannot_step_down(as_agent: As) -> None:
    admin = as_agent("KF001")

    for change in ({"role": "agent"}, {"active": False}):
        refused = admin.patch("/agents/KF001", change, version=1)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:last-admin")
    assert admin.patch("/agents/KF002", {"role": "admin"}, version=1).status_code == 200
    assert admin.patch("/agents/KF001", {"role": "agent"}, version=1).status_code == 200


def test_an_edit_of_a_stale_version_is_refused_with_the_current_state__R13(as_agent: As) -> None:
    admin = as_agent("KF001")
    admin.patch("/agents/KF003", {"name": "新名"}, version=1)

    stale = admin.patch("/agents/KF003", {"team": "B"}, version=1)

    assert (stale.status_code, stale.json()["current"]["name"]) == (412, "新名")


def test_ones_own_password_needs_the_current_one_and_ends_sessions(as_agent: As, anonymous: ApiClient) -> None:
    token = anonymous.request("POST", "/sessions", json={"agent_id": "KF003", "password": PASSWORD}).json()
    agent, new = as_agent("KF003"), "another long one"

    assert agent.put("/agents/KF003/password", {"new_password": new}).status_code == 401
    assert agent.put("/agents/KF004/password", {"new_password": new}).status_code == 403
    changed = agent.put("/agents/KF003/password", {"new_password": new, "current_password": PASSWORD})
    assert changed.status_code == 204

    ended = anonymous.request("POST", "/sessions/refresh", json={"refresh_token": token["refresh_token"]})
    assert ended.status_code == 401
    again = anonymous.request("POST", "/sessions", json={"agent_id": "KF003", "password": new})
    assert again.status_code == 201


def test_agents_are_listed_by_id_in_pages(as_agent: As) -> None:
    first = as_agent("KF003").get("/agents", limit=3).json()
    second = as_agent("KF003").get("/agents", limit=3, cursor=first["next_cursor"]).json()

    ids = [agent["agent_id"] for agent in first["items"] + second["items"]]
    assert (ids, second["next_cursor"]) == (["KF001", "KF002", "KF003", "KF004"], None)


def test_games_are_shown_read_only__R20(as_agent: As) -> None:
    games = as_agent("KF003").get("/games").json()["items"]

    assert games == [{"game_id": "xiyou", "name": "西游传说"}, {"game_id": "sanguo", "name": "三国志战"}]
