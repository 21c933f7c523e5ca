"""Imports take turns, end when they cannot go on, and are bounded in number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players import imports as job
from gamedesk_players import player_sheets
from gamedesk_players.commands import imports as commands
from gamedesk_players.imports import PlayerImports
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .test_imports import GOOD, expire_lease, many, path_of, players, rows, upload

As = Callable[[str], ApiClient]


@pytest.fixture
def importer(database: Database) -> PlayerImports:
    return PlayerImports(database, ["xiyou", "sanguo"])


def test_imports_take_turns_of_a_few_chunks__B11(
    as_agent: As, importer: PlayerImports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ROWS_A_RUN", 2)
    monkeypatch.setattr(job, "CHUNKS_A_TURN", 2)
    agent, other = as_agent("KF003"), as_agent("KF004")
    large, small = path_of(upload(agent, many(20))), path_of(upload(other, GOOD))
    importer.run()
    agent.post(f"{large}/run", {"mode": "all"})
    other.post(f"{small}/run", {"mode": "all"})

    assert importer.turn()
    assert agent.get(large).json()["created"] == 4, "a turn is bounded"
    assert importer.turn()
    assert other.get(small).json()["state"] == "done", "who came later does not wait for the large one's end"
    importer.run()
    assert agent.get(large).json()["created"] == 20
    assert not importer.turn()


def test_a_turn_begins_only_while_there_is_time__B11(
    as_agent: As, importer: PlayerImports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_RUN_SECONDS", 0.0)
    agent = as_agent("KF003")
    first, second = path_of(upload(agent)), path_of(upload(agent, key="k-23456789"))

    importer.run()

    assert [agent.get(path).json()["state"] for path in (first, second)] == ["checked", "checking"]


def test_a_run_that_gets_nowhere_fails__B11(
    as_agent: As, importer: PlayerImports, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent))
    importer.run()
    agent.post(f"{path}/run", {"mode": "all"})

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(commands, "create_rows", broken)
        for _ in range(commands.MAX_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                importer.turn()
            expire_lease(database)
        assert importer.turn()

    found = agent.get(path).json()
    assert (found["state"], found["problem"]["rule"], players(database)) == ("failed", "interrupted", 0)


def test_a_check_that_is_interrupted_is_begun_again_some_times__B11(
    as_agent: As, importer: PlayerImports, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    agent = as_agent("KF003")
    first = path_of(upload(agent))
    reader = tmp_path / "reader"
    reader.write_text("#!/bin/sh\nkill -TERM $$\n")
    reader.chmod(0o700)

    def interrupted(times: int) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(player_sheets.sys, "executable", str(reader))
            for _ in range(times):
                with pytest.raises(RuntimeError):
                    importer.turn()
                expire_lease(database)

    interrupted(2)
    assert importer.turn()
    assert agent.get(first).json()["state"] == "checked"

    second = path_of(upload(agent, key="k-23456789"))
    interrupted(commands.MAX_ATTEMPTS)
    assert importer.turn()
    found = agent.get(second).json()
    assert (found["state"], found["problem"]["rule"]) == ("failed", "not-readable")


def test_a_long_run_is_not_taken_for_one_that_gets_nowhere__B11(
    as_agent: As, importer: PlayerImports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ROWS_A_RUN", 1)
    monkeypatch.setattr(job, "CHUNKS_A_TURN", 1)
    agent = as_agent("KF003")
    path = path_of(upload(agent, many(8)))
    importer.run()
    agent.post(f"{path}/run", {"mode": "all"})

    while importer.turn():
        pass

    assert (agent.get(path).json()["state"], agent.get(path).json()["created"]) == ("done", 8)


def test_of_imports_that_are_not_run_the_newest_stay__B11(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent, paths = as_agent("KF003"), []
    for n in range(11):
        paths.append(path_of(upload(agent, key=f"k-123456{n:02}")))
        while importer.turn():
            pass

    assert agent.get(paths[0]).json()["problem"]["rule"] == "replaced"
    assert {agent.get(path).json()["state"] for path in paths[1:]} == {"checked"}
    importer.purge()
    assert (rows(agent, paths[0]), len(rows(agent, paths[1]))) == ([], 2)
    assert [agent.get(path).json()["file_name"] for path in paths[:2]] == ["", "八月.csv"]
    with database.begin() as tx:
        tx.execute(text("UPDATE player_imports SET created_at = now() - interval '8 days'"))
    importer.purge()
    assert {agent.get(path).json()["file_name"] for path in paths} == {""}


def test_of_imports_checked_at_the_same_time_the_newest_stay_too__B11(as_agent: As, importer: PlayerImports) -> None:
    agent, paths = as_agent("KF003"), []
    for _ in range(3):
        paths += [path_of(upload(agent, key=f"k-123456{len(paths) + n:02}")) for n in range(5)]
        while importer.turn():
            pass

    states = [agent.get(path).json()["state"] for path in paths]
    assert states == ["failed"] * 5 + ["checked"] * 10
    assert agent.post(f"{paths[-1]}/run", {"mode": "good"}).status_code == 202
    importer.run()
    assert agent.get(paths[-1]).json()["file_name"] == "八月.csv", "what was run keeps its name as long as its rows"


def test_the_name_of_a_file_that_is_never_run_goes_with_its_rows__erasure(
    as_agent: As, importer: PlayerImports
) -> None:
    agent = as_agent("KF003")
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    path = path_of(upload(agent, name="张三.csv"))
    erased = as_agent("KF002").post(f"/players/{player_id}/erasure", {"reason": "本人要求"})
    assert erased.status_code == 200, erased.text

    importer.purge()

    assert agent.get(path).json()["file_name"] == ""
