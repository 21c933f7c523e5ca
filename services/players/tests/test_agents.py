"""Agents through the API: R21 and who may change what."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Connection, text

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


def test_a_deactivated_agents_token_ends_within_5_seconds(as_agent: As, monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_agent("KF004").get("/players").status_code == 200, "and that he is active is remembered now"
    as_agent("KF001").patch("/agents/KF004", {"active": False}, version=1)

    real = time.monotonic
    monkeypatch.setattr("gamedesk_chassis.active_callers.time.monotonic", lambda: real() + 5.0)

    assert as_agent("KF004").get("/players").status_code == 401


def test_two_admins_adding_one_agent_at_once_add_him_once__R21(as_agent: As) -> None:
    admins = [as_agent("KF001") for _ in range(4)]
    for admin in admins:
        admin.get("/agents/KF001")
    for n in range(5):
        body = {**NEW, "agent_id": f"KF10{n}", "wechat_id": f"wx_xiaoli{n}"}
        same_wechat = [{**body, "agent_id": f"KF20{n}{i}", "wechat_id": f"wx_shared{n}"} for i in range(4)]
        for bodies in ([body] * 4, same_wechat):
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda admin, new: admin.post("/agents", new), admins, bodies))
            assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


def test_a_wechat_account_is_bound_to_active_agents_and_by_its_id__R21(as_agent: As) -> None:
    admin = as_agent("KF001")
    admin.patch("/agents/KF004", {"active": False}, version=1)

    for change, version in (
        ({"wechat_id": "wx_KF004x"}, 2),
        ({"wechat_name": "没有号"}, 2),
        ({"active": True, "wechat_name": "没有号"}, 2),
    ):
        refused = admin.patch("/agents/KF004", change, version=version)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:wechat-not-bindable")
    back = admin.patch("/agents/KF004", {"active": True, "wechat_id": "wx_KF004x"}, version=2)
    assert (back.status_code, back.json()["wechat_id"]) == (200, "wx_KF004x")


@pytest.mark.parametrize("wechat_id", ["a" * 21, "short", "1abcdef", "wxid_", "wxid_" + "a" * 28, "abc def"])
def test_a_wechat_id_has_the_form_that_wechat_gives_it(as_agent: As, wechat_id: str) -> None:
    assert as_agent("KF001").post("/agents", {**NEW, "wechat_id": wechat_id}).status_code == 400


def test_an_edit_that_changes_nothing_leaves_no_trace(as_agent: As) -> None:
    same = as_agent("KF001").patch("/agents/KF003", {"name": "客服KF003"}, version=1)

    assert (same.status_code, same.json()["version"]) == (200, 1)


def test_the_password_is_no_part_of_what_an_idempotency_key_remembers__I7(as_agent: As) -> None:
    admin = as_agent("KF001")
    first = admin.post("/agents", NEW, key="k-12345678")
    again = admin.post("/agents", {**NEW, "password": "another long one"}, key="k-12345678")

    assert (first.status_code, again.status_code) == (201, 201)


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

    assert [(game["game_id"], game["name"]) for game in games] == [("xiyou", "西游传说"), ("sanguo", "三国志战")]


def test_a_creation_whose_answer_takes_too_long_does_not_deny_itself(
    as_agent: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(tx: Connection, _agent_id: str) -> None:
        tx.execute(text("SET LOCAL statement_timeout = 20; SELECT pg_sleep(10)"))

    with monkeypatch.context() as slowly:
        slowly.setattr("gamedesk_players.api.agents.queries.get_agent", slow)
        unread = as_agent("KF001").post("/agents", NEW, key="the-same-key-0001")
    again = as_agent("KF001").post("/agents", NEW, key="the-same-key-0001")

    assert (unread.status_code, unread.json()["outcome"]) == (503, "unknown")
    assert again.status_code == 201
