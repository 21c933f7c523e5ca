"""What games report over time: history, whose profile it is, and that nobody types over it. R5, B4."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players.commands import profiles, syncs
from gamedesk_players.model.profiles import Account, united
from gamedesk_players.repository.syncs import Sync
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
A_DAY = timedelta(hours=24)
PHONE = "13800138000"


def account(number: str = "1", nickname: str = "悟空", server: str = "花果山", server_id: str = "s1") -> Account:
    return Account(number, nickname, server_id, server, None, None)


@pytest.fixture
def player_id(as_agent: As) -> str:
    return as_agent("KF003").post("/players", {"phone": PHONE}).json()["player_id"]


@pytest.fixture
def answered(database: Database, as_agent: As, player_id: str) -> Callable[..., None]:
    """`answered([account()])`: the game xiyou is asked about the player, and answers so for each of his phones."""

    def answer(*answers: Sequence[Account]) -> None:
        as_agent("KF003").post(f"/players/{player_id}/sync")
        (sync,) = claimed(database)
        database.transact(profiles.apply_answer, sync, answers, A_DAY)

    return answer


def claimed(database: Database) -> list[Sync]:
    return database.transact(syncs.claim_syncs, "xiyou", SyncLimits(per_second=1000), 10)


def history(database: Database) -> list[tuple[str, Any, Any]]:
    kinds = "('profile_appeared', 'profile_lost', 'renamed', 'moved_server')"
    with database.begin() as tx:
        rows = tx.execute(text(f"SELECT * FROM player_history WHERE kind IN {kinds} ORDER BY history_id")).all()
    assert all(row.details["game_id"] == "xiyou" and row.profile_id and row.agent_id is None for row in rows)
    return [(row.kind, row.details["before"], row.details["after"]) for row in rows]


def test_renames_and_server_merges_are_kept_as_history__B4(answered: Callable[..., None], database: Database) -> None:
    answered([account()])
    answered([account(nickname="齐天大圣")])
    answered([account(nickname="齐天大圣", server="花果山·水帘洞", server_id="s9")])
    answered([account(nickname="齐天大圣", server="花果山·水帘洞", server_id="s9")])

    assert history(database) == [
        ("profile_appeared", None, "悟空"),
        ("renamed", "悟空", "齐天大圣"),
        ("moved_server", "花果山", "花果山·水帘洞"),
    ]


def test_an_account_that_goes_and_comes_back_is_one_profile_with_history__B4(
    answered: Callable[..., None], database: Database, as_agent: As, player_id: str
) -> None:
    answered([account()])
    answered([])
    answered([])
    answered([account()])

    assert [kind for kind, *_ in history(database)] == ["profile_appeared", "profile_lost", "profile_appeared"]
    shown = as_agent("KF003").get(f"/players/{player_id}").json()["profiles"]
    assert [(p["state"], p["nickname"]) for p in shown if p["game_id"] == "xiyou"] == [("ok", "悟空")]


def test_a_failure_is_no_history(
    answered: Callable[..., None], database: Database, as_agent: As, player_id: str
) -> None:
    answered([account()])
    as_agent("KF003").post(f"/players/{player_id}/sync")
    (sync,) = claimed(database)
    database.transact(profiles.apply_failure, sync, CallFailed("timeout"))
    assert len(history(database)) == 1


def test_accounts_of_several_phones_are_not_ambiguous__R5(
    answered: Callable[..., None], as_agent: As, player_id: str
) -> None:
    as_agent("KF003").patch(f"/players/{player_id}", {"phones": [PHONE, "13900139000"]}, version=1)
    answered([account("1")], [account("2", "八戒")])

    shown = as_agent("KF003").get(f"/players/{player_id}").json()["profiles"]
    assert {(p["game_account_id"], p["state"]) for p in shown if p["game_id"] == "xiyou"} == {("1", "ok"), ("2", "ok")}


@pytest.mark.parametrize(
    ("answers", "states"),
    [
        ([], {}),
        ([[]], {}),
        ([["1"]], {"1": "ok"}),
        ([["1"], ["1"]], {"1": "ok"}),
        ([["1"], ["2"]], {"1": "ok", "2": "ok"}),
        ([["1", "2"]], {"1": "ambiguous", "2": "ambiguous"}),
        ([["1"], ["2", "3"]], {"1": "ok", "2": "ambiguous", "3": "ambiguous"}),
        ([["1"], ["1", "2"]], {"1": "ambiguous", "2": "ambiguous"}),
    ],
)
def test_ambiguous_is_what_shares_a_phone_with_another_account__R5(
    answers: list[list[str]], states: dict[str, str]
) -> None:
    found = united([[account(number) for number in answer] for answer in answers])
    assert {account.game_account_id: state for account, state in found} == states


@pytest.mark.parametrize("field", ["nickname", "server", "profiles", "game_names", "level"])
def test_what_games_report_cannot_be_typed__R5(as_agent: As, player_id: str, field: str) -> None:
    assert as_agent("KF003").patch(f"/players/{player_id}", {field: "孙"}, version=1).status_code == 400


def test_a_profile_tells_whose_it_is(answered: Callable[..., None], as_agent: As, player_id: str) -> None:
    answered([account()])
    agent = as_agent("KF004")
    shown = next(p for p in agent.get(f"/players/{player_id}").json()["profiles"] if p["game_id"] == "xiyou")

    assert agent.get(f"/profiles/{shown['profile_id']}").json() == {**shown, "player_id": player_id}
    assert agent.get(f"/profiles/{player_id}").status_code == 404


def age_by(database: Database, age: timedelta) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE profiles SET synced_at = synced_at - CAST(:age AS interval)"), {"age": age})


def test_whoever_looks_at_an_old_profile_gets_a_new_one_soon__R5(
    answered: Callable[..., None], database: Database, as_agent: As, player_id: str
) -> None:
    answered([account()])
    agent = as_agent("KF004")
    agent.get(f"/players/{player_id}")
    assert claimed(database) == [], "it is fresh"

    age_by(database, timedelta(hours=25))
    for _ in range(3):
        assert agent.get(f"/players/{player_id}").status_code == 200
    (sync,) = claimed(database)
    assert sync.claim.priority == 0
    agent.get(f"/players/{player_id}")
    assert claimed(database) == [], "once is enough"

    database.transact(profiles.apply_failure, sync, CallFailed("timeout"))
    agent.get(f"/players/{player_id}")
    assert claimed(database) == [], "it failed, and has its time"


def test_looking_at_a_survivor_refreshes_those_merged_into_him_too(
    answered: Callable[..., None], database: Database, as_agent: As, player_id: str
) -> None:
    answered([account()])
    agent = as_agent("KF003")
    survivor = agent.post("/players", {"phone": "13900139000"}).json()["player_id"]
    for sync in claimed(database):
        database.transact(profiles.apply_answer, sync, [[account("2")]], A_DAY)
    with database.begin() as tx:
        tx.execute(
            text("UPDATE players SET merged_into = :to WHERE player_id = :who"), {"to": survivor, "who": player_id}
        )
    age_by(database, timedelta(hours=25))

    agent.get(f"/players/{survivor}")

    assert {str(sync.player_id) for sync in claimed(database)} == {survivor, player_id}


def test_a_database_that_is_busy_costs_nobody_the_answer(
    answered: Callable[..., None], database: Database, as_agent: As, player_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered([account()])
    age_by(database, timedelta(hours=25))

    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(syncs, "hasten_stale", broken)
    assert as_agent("KF003").get(f"/players/{player_id}").status_code == 200


def test_an_erased_player_is_asked_about_no_more(database: Database, as_agent: As, player_id: str) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE players SET erased_at = now()"))
    refused = as_agent("KF003").post(f"/players/{player_id}/sync")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:player-erased")
