"""What happened to a player, who looked at his contacts, and an agent's WeChat ids over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players.repository import history
from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]


@pytest.fixture
def player(as_agent: As) -> dict[str, Any]:
    return as_agent("KF003").post("/players", {"phone": "13800138000"}).json()


def kinds(client: ApiClient, player: dict[str, Any], **params: Any) -> list[str]:
    return [e["kind"] for e in client.get(f"/players/{player['player_id']}/history", **params).json()["items"]]


def test_changes_of_owner_and_tier_and_every_reveal_are_kept__B4(as_agent: As, player: dict[str, Any]) -> None:
    path = f"/players/{player['player_id']}"
    as_agent("KF003").patch(path, {"tier": "big", "note": "x"}, version=1)
    as_agent("KF001").patch(path, {"owner_agent_id": "KF004"}, version=2)
    as_agent("KF003").post(f"{path}/reveal", {"reason": "代班"})

    entries = as_agent("KF004").get(f"{path}/history").json()["items"]

    assert [(e["kind"], e["agent_id"], e["details"]) for e in entries] == [
        ("contacts_revealed", "KF003", {}),
        ("handed_off", "KF001", {"before": "KF003", "after": "KF004"}),
        ("tier_changed", "KF003", {"before": "none", "after": "big"}),
        ("created", "KF003", {}),
    ]
    assert all(e["player_id"] == player["player_id"] and e["profile_id"] is None for e in entries)


def test_history_pages_before_an_entry__B10(as_agent: As, player: dict[str, Any], database: Database) -> None:
    with database.begin() as tx:
        for n in range(4):
            names = {"game_id": "xiyou", "before": f"旧{n}", "after": f"新{n}"}
            history.record(tx, UUID(player["player_id"]), "renamed", names, profile_id=UUID(int=n))
    path, seen, cursor = f"/players/{player['player_id']}/history", list[dict[str, Any]](), dict[str, str]()

    while True:
        page = as_agent("KF004").get(path, limit=2, **cursor).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert [e["details"].get("after", e["kind"]) for e in seen] == ["新3", "新2", "新1", "新0", "created"]
    assert as_agent("KF004").get(path, before=seen[2]["history_id"]).json()["items"] == seen[3:]


def test_the_survivors_history_holds_the_losers_and_a_merge_once__B4(as_agent: As, player: dict[str, Any]) -> None:
    agent = as_agent("KF003")
    loser = agent.post("/players", {"phone": "13900139000", "tier": "big"}).json()
    agent.patch(f"/players/{loser['player_id']}", {"tier": "whale"}, version=1)
    body = {"loser_id": loser["player_id"], "loser_version": 2}
    merge_id = agent.post(f"/players/{player['player_id']}/merges", body, version=1).json()["merge_id"]

    expected = ["merged", "tier_changed", "created", "created"]
    assert kinds(agent, player) == kinds(agent, loser) == expected
    assert kinds(agent, player, limit=1) == expected[:1]
    agent.post(f"/merges/{merge_id}/undo", {"reason": "弄错了"})

    assert kinds(agent, player) == ["merge_undone", "merged", "created"]
    assert kinds(agent, loser) == ["merge_undone", "merged", "tier_changed", "created"]


def test_an_unknown_players_history_is_not_found(as_agent: As) -> None:
    for part in ("history", "merges", "reveals"):
        assert as_agent("KF001").get(f"/players/{UUID(int=1)}/{part}").status_code == 404


def test_leads_see_who_looked_at_contacts_and_why__masking(as_agent: As, player: dict[str, Any]) -> None:
    path = f"/players/{player['player_id']}"
    for agent_id, reason in (("KF004", "代班"), ("KF002", "投诉")):
        assert as_agent(agent_id).post(f"{path}/reveal", {"reason": reason}).status_code == 201

    page = as_agent("KF002").get(f"{path}/reveals", limit=1).json()
    rest = as_agent("KF001").get(f"{path}/reveals", limit=1, cursor=page["next_cursor"]).json()

    seen = [(r["agent_id"], r["reason"]) for r in page["items"] + rest["items"]]
    assert (seen, rest["next_cursor"]) == ([("KF002", "投诉"), ("KF004", "代班")], None)
    assert as_agent("KF003").get(f"{path}/reveals").status_code == 403


def test_an_agents_wechat_ids_are_kept_with_their_dates__R21(as_agent: As) -> None:
    admin = as_agent("KF001")
    admin.patch("/agents/KF003", {"wechat_id": "wx_second", "wechat_name": "第二部手机"}, version=1)
    admin.patch("/agents/KF003", {"active": False}, version=2)

    page = as_agent("KF004").get("/agents/KF003/wechat-bindings", limit=1).json()
    rest = as_agent("KF004").get("/agents/KF003/wechat-bindings", cursor=page["next_cursor"]).json()
    second, first = page["items"] + rest["items"]

    assert (second["wechat_id"], second["wechat_name"], first["wechat_id"]) == ("wx_second", "第二部手机", "wx_KF003")
    assert first["valid_until"] == second["valid_from"], "one at a time"
    assert second["valid_until"] is not None, "an inactive agent has none"
    assert as_agent("KF004").get("/agents/KF999/wechat-bindings").status_code == 404
