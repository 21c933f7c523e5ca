"""Importing players from a spreadsheet, through the API and the worker's job (B11)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from gamedesk_chassis.database import Database
from gamedesk_players import spreadsheets
from gamedesk_players.commands import imports as commands
from gamedesk_players.imports import PlayerImports
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]

GOOD = "手机,微信号,微信名,客服,等级,标签\n138 0013 8000,sun_wukong,孙悟空,KF004,大R,爱聊天\n13900139000,,猪八戒,,,\n"
MIXED = GOOD + "123,,,,,\n+86 13800138000,,又一个,,,\n13700137000,,,KF999,,\n13600136000,wang_wu,,,,\n"


@pytest.fixture
def importer(database: Database) -> PlayerImports:
    return PlayerImports(database, ["xiyou", "sanguo"])


def upload(agent: ApiClient, content: str | bytes = GOOD, key: str = "k-12345678", name: str = "八月.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    headers = {"Content-Type": spreadsheets.CSV, "Idempotency-Key": key}
    return agent.request("POST", "/player-imports", params={"file_name": name}, content=raw, headers=headers)


def path_of(response: httpx.Response) -> str:
    assert response.status_code == 202, response.text
    return f"/player-imports/{response.json()['import_id']}"


def rows(agent: ApiClient, path: str, **query: Any) -> list[dict[str, Any]]:
    return agent.get(f"{path}/rows", **query).json()["items"]


def players(database: Database) -> int:
    with database.begin() as tx:
        return tx.execute(text("SELECT count(*) FROM players")).scalar_one()


def test_every_row_is_checked_and_nothing_created__B11(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    existing = agent.post("/players", {"phone": "13500135000", "wechat_id": "wang_wu"}).json()["player_id"]
    response = upload(agent, MIXED)
    path = path_of(response)
    assert (response.json()["state"], response.json()["total"]) == ("checking", None)

    importer.run()

    found = agent.get(path).json()
    counts = {name: found[name] for name in ("total", "checked", "good", "bad", "duplicates", "created", "failed")}
    assert counts == {"total": 6, "checked": 6, "good": 2, "bad": 2, "duplicates": 2, "created": 0, "failed": 0}
    assert (found["state"], found["file_name"], found["created_by"]) == ("checked", "八月.csv", "KF003")
    assert found["columns"][0] == {"header": "手机", "column": "phone"}
    by_row = {row["row"]: row for row in rows(agent, path)}
    assert [by_row[n]["result"] for n in range(2, 8)] == ["good", "good", "bad", "duplicate", "bad", "duplicate"]
    assert by_row[4]["problems"][0]["column"] == "phone"
    assert by_row[5]["duplicate_of_row"] == 2
    assert by_row[6]["problems"][0] == {
        "column": "owner_agent_id",
        "rule": "unknown-owner",
        "message": "Name an active agent.",
    }
    assert by_row[7]["existing_player_id"] == existing
    assert by_row[2]["values"]["phone"] == "138 0013 8000", "as it was typed"
    assert [row["row"] for row in rows(agent, path, result="bad,duplicate")] == [4, 5, 6, 7]
    assert players(database) == 1


def test_an_unknown_agent_is_named_among_the_other_faults_of_his_row__B11(
    as_agent: As, importer: PlayerImports
) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent, "手机号,负责客服,消费等级,年龄段\n138,KF999,神,是\n"))

    importer.run()

    (row,) = rows(agent, path)
    assert [problem["column"] for problem in row["problems"]] == ["phone", "tier", "minor_band", "owner_agent_id"]
    assert row["problems"][1]["message"] == "One of: 未消费, 小R, 中R, 大R, 超R."


def test_good_rows_become_players_by_the_same_rules_and_events__B11_I1(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent, MIXED.replace("wang_wu", "")))
    importer.run()

    assert agent.post(f"{path}/run", {"mode": "good"}).status_code == 202
    importer.run()

    done = agent.get(path).json()
    assert (done["state"], done["created"], done["failed"]) == ("done", 3, 0)
    created = {row["row"]: row["player_id"] for row in rows(agent, path, result="created")}
    assert sorted(created) == [2, 3, 7]
    first = as_agent("KF004").get(f"/players/{created[2]}").json()
    assert (first["phone"], first["wechat_id"], first["tier"]) == ("13800138000", "sun_wukong", "big")
    assert (first["owner_agent_id"], first["tags"], len(first["profiles"])) == ("KF004", ["爱聊天"], 2)
    assert agent.get(f"/players/{created[3]}").json()["owner_agent_id"] == "KF003", "the importer's own"
    with database.begin() as tx:
        told = text("SELECT count(*) FROM outbox WHERE type = 'players.player.created.v1' AND version = 1")
        assert tx.execute(told).scalar_one() == 3


def test_all_means_all_or_none__B11(as_agent: As, importer: PlayerImports, database: Database) -> None:
    agent = as_agent("KF003")
    mixed, good = path_of(upload(agent, MIXED)), path_of(upload(agent, GOOD, "k-23456789"))
    early = agent.post(f"{mixed}/run", {"mode": "all"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:gamedesk:problem:import-not-ready")
    importer.run()

    refused = agent.post(f"{mixed}/run", {"mode": "all"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:gamedesk:problem:import-not-clean")
    assert (refused.json()["bad"], refused.json()["duplicates"]) == (2, 1)
    assert agent.post(f"{good}/run", {"mode": "all"}, key="k-run-1234").status_code == 202
    importer.run()
    assert agent.post(f"{good}/run", {"mode": "all"}, key="k-run-1234").json()["state"] == "done", "a repetition"
    assert agent.post(f"{good}/run", {"mode": "all"}).status_code == 409, "each import is run once"
    assert players(database) == 2


def test_a_row_that_clashes_meanwhile_is_reported_and_the_others_go_on__B11(
    as_agent: As, importer: PlayerImports
) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent))
    importer.run()
    as_agent("KF004").post("/players", {"phone": "13800138000"})

    agent.post(f"{path}/run", {"mode": "all"})
    importer.run()

    done = agent.get(path).json()
    assert (done["state"], done["created"], done["failed"]) == ("done", 1, 1)
    [clash] = rows(agent, path, result="failed")
    assert (clash["row"], clash["existing_owner_agent_id"], clash["player_id"]) == (2, "KF004", None)
    assert clash["problems"][0]["rule"] == "player-exists"
    assert clash["problems"][0]["column"] == "phone"


def test_only_the_importer_leads_and_admins_see_an_import__B11(as_agent: As, importer: PlayerImports) -> None:
    path = path_of(upload(as_agent("KF003")))
    importer.run()

    for path_of_it in (path, f"{path}/rows"):
        assert as_agent("KF004").get(path_of_it).status_code == 404
        assert {as_agent(reader).get(path_of_it).status_code for reader in ("KF001", "KF002", "KF003")} == {200}
    assert as_agent("KF004").post(f"{path}/run", {"mode": "all"}).status_code == 404
    seen = {
        reader: len(as_agent(reader).get("/player-imports").json()["items"]) for reader in ("KF002", "KF003", "KF004")
    }
    assert seen == {"KF002": 1, "KF003": 1, "KF004": 0}


def test_an_upload_sent_twice_is_one_import__I7(as_agent: As) -> None:
    agent = as_agent("KF003")
    assert upload(agent).json()["import_id"] == upload(agent).json()["import_id"]
    assert upload(agent, GOOD + "\n").status_code == 422
    assert upload(agent, name="other.csv").json()["type"] == "urn:gamedesk:problem:idempotency-key-reused"


def test_a_file_that_cannot_be_read_fails_with_its_reason__B11(as_agent: As, importer: PlayerImports) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    importer.run()

    found = agent.get(path).json()
    assert (found["state"], found["problem"]["rule"], found["total"]) == ("failed", "old-format", None)
    assert agent.post(f"{path}/run", {"mode": "good"}).status_code == 409
    assert agent.post("/player-imports", {"a": 1}).status_code in (400, 415)


def test_imports_under_way_are_bounded__B11(as_agent: As, importer: PlayerImports) -> None:
    agent = as_agent("KF003")
    for n in range(5):
        path_of(upload(agent, key=f"k-1234567{n}"))
    assert upload(agent, key="k-other-one").status_code == 429
    assert upload(as_agent("KF004")).status_code == 202
    importer.run()
    assert upload(agent, key="k-other-one").status_code == 202


def many(count: int) -> str:
    return "phone,微信名\n" + "".join(f"138{n:08},玩家{n}\n" for n in range(count))


def test_a_worker_that_dies_is_succeeded_where_it_was__B11(
    as_agent: As, importer: PlayerImports, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = as_agent("KF003")
    monkeypatch.setattr(commands, "ROWS_A_CHECK", 10)
    monkeypatch.setattr(commands, "ROWS_A_RUN", 10)
    path = path_of(upload(agent, many(45)))
    die_after(2, "check_rows", importer, monkeypatch)
    assert (agent.get(path).json()["checked"], agent.get(path).json()["total"]) == (20, 45), "progress is visible"

    expire_lease(database)
    importer.run()
    assert {agent.get(path).json()[name] for name in ("total", "checked", "good")} == {45}

    agent.post(f"{path}/run", {"mode": "all"})
    die_after(2, "create_rows", importer, monkeypatch)
    assert agent.get(path).json()["created"] == 20
    importer.run()
    assert agent.get(path).json()["created"] == 20, "the dead one's lease still counts"

    expire_lease(database)
    importer.run()
    done = agent.get(path).json()
    assert (done["state"], done["created"], done["failed"]) == ("done", 45, 0)
    assert players(database) == 45


def die_after(times: int, name: str, importer: PlayerImports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the importer until `name` was called so often, then end it as a kill would."""
    real, calls = getattr(commands, name), []

    def dying(*args: Any) -> Any:
        if len(calls) == times:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(commands, name, dying)
        with pytest.raises(KeyboardInterrupt):
            importer.run()


def expire_lease(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE player_imports SET leased_until = now() - interval '1 second'"))


def test_who_lost_his_lease_writes_no_more__B11(as_agent: As, importer: PlayerImports, database: Database) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent))
    importer.run()
    agent.post(f"{path}/run", {"mode": "all"})
    late = database.transact(commands.claim_import)
    assert late
    expire_lease(database)
    importer.run()

    assert database.transact(commands.create_rows, late, ["xiyou"]) is None
    assert agent.get(path).json()["created"] == 2
    assert players(database) == 2


def test_two_imports_of_the_same_players_at_once_create_each_once__B11(as_agent: As, database: Database) -> None:
    agent = as_agent("KF003")
    paths = [path_of(upload(agent, many(150), f"k-1234567{n}")) for n in range(2)]
    workers = [PlayerImports(database, ["xiyou"]) for _ in paths]
    workers[0].run()
    for path in paths:
        agent.post(f"{path}/run", {"mode": "all"})

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda one: one.run(), workers))

    done = [agent.get(path).json() for path in paths]
    assert [one["state"] for one in done] == ["done", "done"]
    assert sum(one["created"] for one in done) == sum(one["failed"] for one in done) == 150


def test_rows_are_purged_after_7_days__B11(as_agent: As, importer: PlayerImports, database: Database) -> None:
    agent = as_agent("KF003")
    old = [upload(agent, key=f"k-1234567{n}") for n in range(2)]
    importer.run()
    agent.post(f"{path_of(old[0])}/run", {"mode": "all"})
    with database.begin() as tx:
        tx.execute(text("UPDATE player_imports SET created_at = now() - interval '8 days'"))
    new = path_of(upload(agent, key="k-new-12345"))
    importer.run()

    importer.purge()

    assert [len(rows(agent, path_of(one))) for one in old] == [0, 0]
    assert agent.get(path_of(old[0])).json()["created"] == 2, "what it did stays known"
    assert agent.get(path_of(old[1])).json()["problem"]["rule"] == "expired"
    assert len(rows(agent, new)) == 2
    with database.begin() as tx:
        kept = text("SELECT count(*) FROM player_imports WHERE content IS NOT NULL")
        assert tx.execute(kept).scalar_one() == 0, "no file is kept once it is read"


def test_the_template_is_a_spreadsheet__B11(as_agent: As) -> None:
    template = as_agent("KF003").get("/player-import-template")

    assert template.headers["content-type"] == spreadsheets.XLSX
    assert next(spreadsheets.read(template.content))[1][:3] == ["手机号", "微信号", "微信昵称"]


def test_a_row_names_the_survivor_of_whoever_had_its_phone__B11(as_agent: As, importer: PlayerImports) -> None:
    agent = as_agent("KF003")
    survivor = agent.post("/players", {"phone": "13900000001"}).json()
    loser = agent.post("/players", {"phone": "13800138000"}).json()
    merge = {"loser_id": loser["player_id"], "loser_version": 1, "keep": {}}
    merged = agent.post(f"/players/{survivor['player_id']}/merges", merge, version=1)
    assert merged.status_code == 201, merged.text

    path = path_of(upload(agent))
    importer.run()

    [row] = rows(agent, path, result="duplicate")
    assert row["existing_player_id"] == survivor["player_id"]


def test_erasing_a_player_removes_his_rows_from_imports__B11(as_agent: As, importer: PlayerImports) -> None:
    agent = as_agent("KF003")
    first, again = (path_of(upload(agent, key=f"k-1234567{n}")) for n in range(2))
    importer.run()
    agent.post(f"{first}/run", {"mode": "all"})
    importer.run()
    agent.post(f"{again}/run", {"mode": "all"})
    importer.run()
    player_id = rows(agent, first)[0]["player_id"]

    erased = as_agent("KF001").post(f"/players/{player_id}/erasure", {"reason": "本人要求"})

    assert erased.status_code == 200, erased.text
    assert [[row["row"] for row in rows(agent, path)] for path in (first, again)] == [[3], [3]]
    assert agent.get(first).json()["created"] == 2
