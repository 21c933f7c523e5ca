"""The index of names when several transactions change it at once: R6."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players.commands import profiles, syncs
from gamedesk_players.model.profiles import Account
from gamedesk_players.repository.syncs import Sync
from gamedesk_testing.api_client import ApiClient

from .conftest import waiting

As = Callable[[str], ApiClient]


def claimed(database: Database, game_id: str) -> Sync:
    return database.transact(syncs.claim_syncs, game_id, SyncLimits(), 1)[0]


def answer(tx: Any, sync: Sync, nickname: str) -> None:
    account = Account(f"{sync.game_id}-1", nickname, "s1", "花果山", None, None)
    profiles.apply_answer(tx, sync, [[account]], timedelta(hours=24))


def test_answers_of_two_games_at_once_keep_both_nicknames__R6(
    as_agent: As, database: Database, eventually: Callable[..., Any]
) -> None:
    agent = as_agent("KF003")
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    one, two = claimed(database, "xiyou"), claimed(database, "sanguo")

    with ThreadPoolExecutor(1) as other:
        with database.begin() as tx:
            answer(tx, one, "齐天大圣")
            second = other.submit(database.transact, answer, two, "常山赵子龙")
            eventually(lambda: waiting(database) == 1)
        second.result(timeout=10)

    for nickname in ("齐天大圣", "赵子龙"):
        assert [p["player_id"] for p in agent.get("/players", q=nickname).json()["items"]] == [player_id]


def test_a_new_wechat_name_and_an_answer_at_once_are_both_found__R6(
    as_agent: As, database: Database, eventually: Callable[..., Any]
) -> None:
    agent = as_agent("KF003")
    player_id = UUID(agent.post("/players", {"phone": "13800138000"}).json()["player_id"])
    sync = claimed(database, "xiyou")

    with ThreadPoolExecutor(1) as other:
        with database.begin() as tx:
            answer(tx, sync, "齐天大圣")
            edit = other.submit(agent.patch, f"/players/{player_id}", {"wechat_name": "悟空本人"}, version=1)
            eventually(lambda: waiting(database) == 1)
        assert edit.result(timeout=10).status_code == 200

    for name in ("齐天大圣", "悟空本人"):
        assert [p["player_id"] for p in agent.get("/players", q=name).json()["items"]] == [str(player_id)]
