"""Profiles fetched from the games, against the simulated game servers over HTTP: R5 and B4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import load_remotes
from gamedesk_players.app import create_app
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.simulated_games import SimulatedGames
from sqlalchemy import text

Eventually = Callable[..., Any]
ONCE_IN_EVERY_GAME = "13800001111"
IN_NO_GAME = "13800000000"
TWICE_IN_EVERY_GAME = "13800002222"


class Desk:
    """An agent, and the worker's job that he waits for."""

    def __init__(self, agent: ApiClient, sync: ProfileSync, eventually: Eventually) -> None:
        self.agent = agent
        self._sync = sync
        self._eventually = eventually

    def create(self, phone: str) -> str:
        return self.agent.post("/players", {"phone": phone}).json()["player_id"]

    def profiles(self, player_id: str) -> list[dict[str, Any]]:
        return self.agent.get(f"/players/{player_id}").json()["profiles"]

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Run the job until `condition` holds."""

        def turn() -> Any:
            self._sync.run()
            return condition()

        return self._eventually(turn)

    def wait_for_states(self, player_id: str, states: set[str]) -> list[dict[str, Any]]:
        return self.wait(lambda: (p := self.profiles(player_id)) and {x["state"] for x in p} == states and p)


@pytest.fixture
def settings(settings: Settings, simulated_games: SimulatedGames) -> Settings:
    return settings.model_copy(update={"games_file": simulated_games.games_file})


@pytest.fixture
def desk(
    settings: Settings, new_sync: Callable[..., ProfileSync], token_for: Callable[..., str], eventually: Eventually
) -> Desk:
    sync = new_sync(load_remotes(settings.games_file, "games"))
    return Desk(ApiClient(create_app(settings), token_for("KF003")), sync, eventually)


def test_profiles_of_every_game_appear_by_themselves__R5(desk: Desk) -> None:
    player_id = desk.create(ONCE_IN_EVERY_GAME)

    profiles = desk.wait_for_states(player_id, {"ok"})

    assert [p["game_id"] for p in profiles] == ["sanguo", "xinghe", "xiyou"]
    assert all(p["nickname"] and p["server"] and p["synced_at"] for p in profiles)
    found = desk.agent.get("/players", q=profiles[0]["nickname"]).json()["items"]
    assert [p["player_id"] for p in found] == [player_id], "and he is found by his nickname (R6)"


def test_not_registered_and_several_accounts_are_states_of_their_own__R5(desk: Desk) -> None:
    assert len(desk.wait_for_states(desk.create(IN_NO_GAME), {"not_found"})) == 3
    assert len(desk.wait_for_states(desk.create(TWICE_IN_EVERY_GAME), {"ambiguous"})) == 6


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"mode": "down"}, "connection"),
        ({"mode": "error", "error_status": 500}, "status"),
        ({"mode": "wrong", "wrong": "syntax"}, "body"),
        ({"mode": "wrong", "wrong": "schema"}, "body"),
    ],
)
def test_a_game_in_trouble_blocks_nothing_and_heals_by_itself__R5(
    desk: Desk, simulated_games: SimulatedGames, fault: dict[str, Any], error: str
) -> None:
    simulated_games.manage("PUT", "/games/xiyou/faults", fault)
    player_id = desk.create(ONCE_IN_EVERY_GAME)

    def states() -> dict[str, str]:
        return {p["game_id"]: p["state"] for p in desk.profiles(player_id)}

    desk.wait(lambda: states() == {"xiyou": "error", "sanguo": "ok", "xinghe": "ok"})
    assert {p["error"] for p in desk.profiles(player_id)} == {error, None}

    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "none"})
    desk.wait_for_states(player_id, {"ok"})


def test_game_data_never_overwrites_what_an_agent_typed(desk: Desk) -> None:
    player_id = desk.create(ONCE_IN_EVERY_GAME)
    desk.agent.patch(f"/players/{player_id}", {"wechat_name": "孙悟空", "note": "老客户"}, version=1)

    desk.wait_for_states(player_id, {"ok"})

    player = desk.agent.get(f"/players/{player_id}").json()
    assert (player["wechat_name"], player["note"], player["version"]) == ("孙悟空", "老客户", 2)


def test_a_sync_costs_no_agent_a_conflict(desk: Desk) -> None:
    player_id = desk.create(ONCE_IN_EVERY_GAME)
    desk.wait_for_states(player_id, {"ok"})

    assert desk.agent.patch(f"/players/{player_id}", {"tier": "big"}, version=1).status_code == 200


def test_a_renamed_account_shows_its_new_nickname_after_a_sync_on_demand__B4(
    desk: Desk, simulated_games: SimulatedGames, database: Database
) -> None:
    player_id = desk.create(ONCE_IN_EVERY_GAME)
    desk.wait_for_states(player_id, {"ok"})
    change = {"phone": "+86" + ONCE_IN_EVERY_GAME, "change": {"nickname": "齐天大圣"}}
    simulated_games.manage("PUT", "/games/xiyou/profiles", change)

    assert desk.agent.post(f"/players/{player_id}/sync").status_code == 202

    desk.wait(lambda: any(p["nickname"] == "齐天大圣" for p in desk.profiles(player_id)))
    with database.begin() as tx:
        versions = tx.execute(
            text("SELECT max(version) FROM outbox WHERE type = 'players.profile.synced.v1' GROUP BY aggregate_id")
        ).scalars()
        assert sorted(versions) == [2, 2, 3], "only the profile that changed has a further event"


def test_an_old_profile_counts_as_stale_and_is_fetched_again__R5(
    desk: Desk, simulated_games: SimulatedGames, token_for: Callable[..., str]
) -> None:
    player_id = desk.create(ONCE_IN_EVERY_GAME)
    first = {p["synced_at"] for p in desk.wait_for_states(player_id, {"ok"})}
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "down"})

    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        desk.agent = desk.agent.signed_in(token_for("KF003"))
        desk.wait_for_states(player_id, {"ok", "stale"})
        simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "none"})
        fresh = {p["synced_at"] for p in desk.wait_for_states(player_id, {"ok"})}
    assert min(fresh) > max(first)
