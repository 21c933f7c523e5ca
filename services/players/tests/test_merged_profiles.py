"""The game accounts of a player and of those merged into him, as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import Database
from gamedesk_players.model.profiles import Account, Profile
from gamedesk_players.repository import profiles
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .test_merges import merged, new_player, seen

As = Callable[[str], ApiClient]


def test_a_game_account_that_both_know_is_shown_once__B4(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    survivor, loser = new_player(agent, "13800138000"), new_player(agent, "13900139000")
    with database.begin() as tx:
        for player, account_ids in ((survivor, ["10001"]), (loser, ["10001", "10002"])):
            for account_id in account_ids:
                _give_account(tx, player, account_id)

    merged(agent, survivor, loser)

    accounts = [(p["game_id"], p["game_account_id"]) for p in seen(agent, survivor)["profiles"]]
    assert accounts == [("sanguo", None), ("xiyou", "10001"), ("xiyou", "10002")]
    assert seen(agent, survivor)["profiles"][1]["profile_id"] in {
        p["profile_id"] for p in _own_profiles(database, survivor)
    }


def _give_account(tx: Any, player: dict[str, Any], account_id: str) -> None:
    known = profiles.of_game(tx, UUID(player["player_id"]), "xiyou")
    spare = next((p.profile_id for p in known if p.account is None), None)
    account = Account(account_id, f"名字{account_id}", "s1", "花果山", 1, 1)
    profile = Profile(
        profile_id=spare or UUID(int=int(account_id)),
        player_id=UUID(player["player_id"]),
        game_id="xiyou",
        state="ok",
        account=account,
        synced_at=None,
        attempted_at=None,
        error=None,
        version=2,
    )
    profiles.upsert(tx, profile)


def _own_profiles(database: Database, player: dict[str, Any]) -> list[dict[str, Any]]:
    with database.begin() as tx:
        query = text("SELECT profile_id::text FROM profiles WHERE player_id = :id")
        return [dict(row._mapping) for row in tx.execute(query, {"id": player["player_id"]})]
