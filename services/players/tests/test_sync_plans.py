"""When a game is asked about a player, and whose answer counts: R5."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import SyncLimits, load_remotes
from gamedesk_players import sync
from gamedesk_players.commands import profiles, syncs
from gamedesk_players.model.profiles import Account, Priority
from gamedesk_players.repository.syncs import Sync
from gamedesk_players.settings import Settings
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .many_players import insert_players

As = Callable[[str], ApiClient]
A_DAY = timedelta(hours=24)
LIMITS = SyncLimits(concurrency=50, per_second=1000)


def create(agent: ApiClient, phone: str = "13800138000") -> str:
    return agent.post("/players", {"phone": phone}).json()["player_id"]


def claimed(database: Database, game_id: str = "xiyou") -> list[Sync]:
    return database.transact(syncs.claim_syncs, game_id, LIMITS, 10)


def account(nickname: str) -> list[list[Account]]:
    """A game's answer for the one phone of a player."""
    return [[Account("1", nickname, "s1", "花果山", None, None)]]


def profile(agent: ApiClient, player_id: str, game_id: str = "xiyou") -> dict[str, Any]:
    return next(p for p in agent.get(f"/players/{player_id}").json()["profiles"] if p["game_id"] == game_id)


def test_a_sync_asked_for_while_one_runs_is_done_after_it__B4(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = create(agent)
    (running,) = claimed(database)

    assert agent.post(f"/players/{player_id}/sync").status_code == 202

    assert claimed(database) == [], "one at a time"
    database.transact(profiles.apply_answer, running, account("悟空"), A_DAY)
    (again,) = claimed(database)
    database.transact(profiles.apply_answer, again, account("悟空"), A_DAY)
    assert claimed(database) == []


def test_an_answer_that_comes_after_its_lease_counts_no_more(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = create(agent)
    (late,) = claimed(database)
    with database.begin() as tx:
        tx.execute(text("UPDATE profile_syncs SET leased_until = clock_timestamp()"))
    (current,) = claimed(database)

    database.transact(profiles.apply_answer, current, account("新名字"), A_DAY)
    database.transact(profiles.apply_answer, late, account("旧名字"), A_DAY)
    database.transact(profiles.apply_failure, late, CallFailed("timeout"))

    seen = profile(agent, player_id)
    assert (seen["state"], seen["nickname"], seen["error"]) == ("ok", "新名字", None)


def test_every_phone_is_asked_about_and_again_when_there_are_others__R5(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = create(agent)
    (first,) = claimed(database)
    database.transact(profiles.apply_answer, first, account("悟空"), A_DAY)

    agent.patch(f"/players/{player_id}", {"phones": ["13800138000", "13900139000"]}, version=1)
    (again,) = claimed(database)
    assert again.phones == ("+8613800138000", "+8613900139000")
    database.transact(profiles.apply_answer, again, [*account("悟空"), []], A_DAY)

    agent.patch(f"/players/{player_id}", {"phones": ["13900139000", "13800138000"]}, version=2)
    assert claimed(database) == [], "they are the same"


def test_a_game_configured_later_reaches_existing_players__R20(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    ids = [create(agent, f"1380013800{n}") for n in range(3)]

    for _ in range(2):
        assert database.transact(syncs.plan_missing, ["xiyou", "sanguo", "newgame"], None) is None

    assert claimed(database, "newgame") == [], "spread over an hour, not all at one moment"
    with time_machine.travel(now() + timedelta(hours=1)):
        assert {str(sync.player_id) for sync in claimed(database, "newgame")} == set(ids)
    assert {profile(agent, i, "newgame")["state"] for i in ids} == {"pending"}
    with database.begin() as tx:
        told = tx.execute(text("SELECT count(*) FROM outbox WHERE payload ->> 'game_id' = 'newgame'")).scalar_one()
    assert told == 3


def test_all_players_are_looked_through_some_at_each_turn_and_then_not_for_an_hour__R20(
    settings: Settings, database: Database, new_sync: Callable[..., sync.ProfileSync], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_TRANSACTIONS_A_TURN", 2)
    job = new_sync(load_remotes(settings.games_file, "games"))

    def planned_after_a_turn() -> int:
        job.plan_missing()
        with database.begin() as tx:
            return tx.execute(text("SELECT count(*) FROM profile_syncs WHERE game_id = 'sanguo'")).scalar_one()

    database.transact(insert_players, 1100, ("xiyou",))
    assert [planned_after_a_turn(), planned_after_a_turn()] == [1000, 1100]
    with database.begin() as tx:
        tx.execute(text("DELETE FROM profile_syncs"))
    assert planned_after_a_turn() == 0
    with time_machine.travel(now() + timedelta(hours=1)):
        assert planned_after_a_turn() == 1000


def test_whoever_was_asked_about_a_moment_ago_is_not_put_first_again__B4(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = create(agent)

    def priorities() -> dict[str, tuple[int, bool]]:
        assert agent.post(f"/players/{player_id}/sync").status_code == 202
        with database.begin() as tx:
            rows = tx.execute(text("SELECT game_id, priority, due_at <= now() AS due FROM profile_syncs"))
            return {row.game_id: (row.priority, row.due) for row in rows}

    database.transact(profiles.apply_answer, claimed(database)[0], account("悟空"), A_DAY)
    database.transact(profiles.apply_failure, claimed(database, "sanguo")[0], CallFailed("body"))
    with database.begin() as tx:
        tx.execute(text("UPDATE profile_syncs SET due_at = now() + interval '2 s' WHERE game_id = 'sanguo'"))
    assert priorities() == {"xiyou": (Priority.BACKGROUND, True), "sanguo": (Priority.NEW_PLAYER, False)}

    with database.begin() as tx:
        tx.execute(text("UPDATE profiles SET attempted_at = now() - interval '61 s'"))
    assert priorities() == dict.fromkeys(["xiyou", "sanguo"], (Priority.AGENT_WAITS, True))


def test_a_sync_on_demand_asks_a_game_configured_later_too__R20(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    player_id = create(agent)

    database.transact(syncs.request_sync, UUID(player_id), ["xiyou", "newgame"])

    assert profile(agent, player_id, "newgame")["state"] == "pending"
