"""Who sees what of an import, and what an erasure leaves of it: rows hold contacts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.principal import Principal
from gamedesk_players.commands import imports as commands
from gamedesk_players.commands.erasures import erase_player
from gamedesk_players.imports import PlayerImports
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.polling import eventually
from sqlalchemy import text

from .conftest import waiting
from .test_imports import path_of, players, rows, upload

As = Callable[[str], ApiClient]

SHEET = """手机,微信号,微信名,等级,备注
13800138000,sun_wukong,张三丰,大R,家住武当山
138-0013-8000,,张三丰二号,大R,第二行
13900139000,,李四,大R,别人
13700137000,Sun_Wukong,王五,不存在的等级,同一个微信
13600136000,,赵六,大R,别人
"""


@pytest.fixture
def importer(database: Database) -> PlayerImports:
    return PlayerImports(database, ["xiyou", "sanguo"])


def everything(database: Database) -> str:
    """All that is kept of imports, files included, as text."""
    with database.begin() as tx:
        kept = text("SELECT x::text FROM player_import_rows x UNION ALL"
                    " SELECT coalesce(convert_from(content, 'UTF8'), '') FROM player_imports")  # fmt: skip
        return "\n".join(tx.execute(kept).scalars())


def erase(lead: ApiClient, player_id: str) -> None:
    erased = lead.post(f"/players/{player_id}/erasure", {"reason": "本人要求"})
    assert erased.status_code == 200, erased.text


def test_no_row_of_an_erased_player_stays_or_makes_him_again__erasure(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent, lead = as_agent("KF003"), as_agent("KF002")
    path = path_of(upload(agent, SHEET))
    importer.run()
    made = agent.post("/players", {"phone": "13800138000", "wechat_id": "SUN_wukong"}).json()["player_id"]

    erase(lead, made)

    assert [row["row"] for row in rows(agent, path)] == [4, 6], "good, duplicate and bad rows of his are gone"
    kept = everything(database)
    assert not any(word in kept for word in ("13800138000", "138-0013-8000", "张三丰", "武当", "王五"))
    assert agent.post(f"{path}/run", {"mode": "good"}).status_code == 202
    importer.run()
    assert (agent.get(path).json()["state"], agent.get(path).json()["created"]) == ("done", 2)
    assert lead.get("/players", q="13800138000").json()["items"] == []


def test_rows_with_a_phone_that_he_had_before_go_too__erasure(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    first = path_of(upload(agent, "phone\n13800138000\n"))
    importer.run()
    agent.post(f"{first}/run", {"mode": "all"})
    importer.run()
    player_id = rows(agent, first)[0]["player_id"]
    assert agent.patch(f"/players/{player_id}", {"phones": ["13900139000"]}, version=1).is_success
    again = path_of(upload(agent, "phone\n13800138000\n", "k-23456789"))
    importer.run()
    assert rows(agent, again)[0]["result"] == "good"

    erase(as_agent("KF002"), player_id)

    assert rows(agent, again) == []


CELLS = [
    "13800138000 / 13900139000",
    "旧 138-0013-8000",
    "１３８ ００１３ ８０００ 张三",
    "008613800138000;139",
    "+1 415 555 2671 (US)",
]


@pytest.mark.parametrize("cell", CELLS)
def test_a_row_whose_phone_cell_is_not_one_phone_goes_as_well__erasure(
    as_agent: As, importer: PlayerImports, database: Database, cell: str
) -> None:
    agent = as_agent("KF003")
    made = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    assert agent.patch(f"/players/{made}", {"phones": ["13800138000", "+14155552671"]}, version=1).is_success
    path = path_of(
        upload(agent, f"手机,微信号,备注\n{cell},zhang_sanfeng,张三丰\n1390013900,li_si,李四\n,wang_wu,王五\n")
    )
    importer.run()
    assert [row["result"] for row in rows(agent, path)] == ["bad"] * 3

    erase(as_agent("KF002"), made)

    assert [row["values"]["note"] for row in rows(agent, path)] == ["李四", "王五"]
    assert "zhang_sanfeng" not in everything(database)
    with database.begin() as tx:
        hashes = text("SELECT body_hash FROM idempotency_keys WHERE operation = 'import_players'")
        assert set(tx.execute(hashes).scalars()) == {b""}


def test_many_rows_of_an_erased_player_go_at_once__erasure(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    made = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    path = path_of(upload(agent, "phone\n13900139000\n"))
    importer.run()
    with database.begin() as tx:
        copies = "SELECT import_id, row + n, values, result, problems, '+8613800138000' FROM player_import_rows"
        to = "INSERT INTO player_import_rows (import_id, row, values, result, problems, phone_key)"
        tx.execute(text(f"{to} {copies}, generate_series(1, 35000) n"))

    erase(as_agent("KF002"), made)

    assert len(rows(agent, path, limit=200)) == 1


def test_an_erasure_ends_checks_whose_file_may_name_him__erasure(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    path = path_of(upload(agent, SHEET))
    reading = database.transact(commands.claim_import)
    assert reading

    erase(as_agent("KF002"), player_id)

    assert database.transact(commands.begin_check, reading, 5, []) is None, "who was reading it writes no more"
    importer.run()
    found = agent.get(path).json()
    assert (found["state"], found["problem"]["rule"]) == ("failed", "erasure")
    assert "13800138000" not in everything(database)


def test_an_import_that_runs_meanwhile_does_not_make_him_again__erasure(
    as_agent: As, importer: PlayerImports, database: Database
) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent, SHEET))
    importer.run()
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    agent.post(f"{path}/run", {"mode": "good"})

    with ThreadPoolExecutor(1) as threads, database.begin() as tx:
        erase_player(tx, Principal("KF001", "admin", "A"), UUID(player_id), "本人要求")
        running = threads.submit(importer.run)
        eventually(lambda: waiting(database) > 0)
        tx.commit()
        running.result()

    assert players(database) == 3, "he, erased, and the two others"
    assert agent.get(path).json()["state"] == "done"
    assert agent.get("/players", q="13800138000").json()["items"] == []


def test_leads_of_another_team_neither_see_nor_run_an_import__B11(
    as_agent: As, importer: PlayerImports, database: Database, token_for: Callable[..., str], anonymous: ApiClient
) -> None:
    path = path_of(upload(as_agent("KF003")))
    importer.run()
    with database.begin() as tx:
        tx.execute(text("UPDATE agents SET role = 'lead' WHERE agent_id = 'KF004'"))
    other = anonymous.signed_in(token_for("KF004", "lead", "B"))

    assert other.get("/player-imports").json()["items"] == []
    for path_of_it in (path, f"{path}/rows"):
        assert other.get(path_of_it).status_code == 404
    assert other.post(f"{path}/run", {"mode": "all"}).status_code == 404
    assert len(as_agent("KF001").get("/player-imports").json()["items"]) == 1
    assert as_agent("KF002").post(f"{path}/run", {"mode": "all"}).status_code == 202


def test_an_import_names_the_owner_of_a_masked_player_and_not_him__masking(
    as_agent: As, importer: PlayerImports
) -> None:
    agent, colleague = as_agent("KF003"), as_agent("KF004")
    own = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    others = colleague.post("/players", {"phone": "13900139000", "wechat_id": "zhu_bajie"}).json()["player_id"]
    guesses = "手机,微信号\n13800138000,\n13900139000,\n13700137000,zhu_bajie\n13600136000,\n"
    path = path_of(upload(agent, guesses))
    importer.run()

    for reader in ("KF001", "KF002", "KF003"):
        holders = [(r["existing_player_id"], r["existing_owner_agent_id"]) for r in rows(as_agent(reader), path)]
        assert holders == [(own, "KF003"), (None, "KF004"), (None, "KF004"), (None, None)]

    meanwhile = colleague.post("/players", {"phone": "13600136000"}).json()["player_id"]
    agent.post(f"{path}/run", {"mode": "good"})
    importer.run()
    [clash] = rows(agent, path, result="failed")
    assert (clash["existing_player_id"], clash["existing_owner_agent_id"]) == (None, "KF004")
    for answer in (agent.get(f"{path}/rows"), agent.get(path)):
        assert not any(player_id in answer.text for player_id in (others, meanwhile))

    given = as_agent("KF001").patch(f"/players/{others}", {"owner_agent_id": "KF003"}, version=1)
    assert given.is_success, given.text
    assert rows(agent, path)[1]["existing_player_id"] == others, "his own now, whom he sees whole"


def test_only_the_importer_sees_contacts_of_rows__masking(as_agent: As, importer: PlayerImports) -> None:
    agent = as_agent("KF003")
    path = path_of(upload(agent, "手机,微信号,备注\n138 0013 8000,sun_wukong,大方\n1380013800,wx1,\n"))
    importer.run()

    assert [row["values"]["phone"] for row in rows(agent, path)] == ["138 0013 8000", "1380013800"]
    for reader in ("KF001", "KF002"):
        seen = [row["values"] for row in rows(as_agent(reader), path)]
        assert seen == [
            {"phone": "138****8000", "wechat_id": "su****ng", "note": "大方"},
            {"phone": "****", "wechat_id": "****"},
        ]
