"""Copies: whatever order events come in, and however often, the newest version stays."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml
from gamedesk_chassis.database import Database, row_to_dict
from gamedesk_chassis.ids import new_id
from gamedesk_sales.__main__ import SERVICE
from sqlalchemy import text

from .conftest import deliver, event


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    with database.begin() as tx:
        return [row_to_dict(row) for row in tx.execute(text(f"SELECT * FROM {table}"))]


def test_the_handlers_are_what_the_durable_consumers_are_filtered_by() -> None:
    declared = yaml.safe_load(SERVICE.jetstream_file.read_text())
    assert {c["durable"]: set(c["filter_subjects"]) for c in declared["listens"]} == {
        durable: set(handlers) for durable, handlers in SERVICE.listeners.items()
    }


def test_any_order_and_repetition_gives_the_newest_copy__I5_I10(
    database: Database, known_pack: Callable[..., Any]
) -> None:
    versions = [1, 2, 3, 4] * 2
    for seed in range(5):
        random.Random(seed).shuffle(versions)
        pack_id = str(new_id())
        for version in versions:
            known_pack(version=version, pack_id=pack_id, code=f"PACK{seed}", price_fen=version * 1_000, contents=[])

    assert [(copy["version"], copy["price_fen"]) for copy in rows(database, "pack_copies")] == [(4, 4_000)] * 5


def test_a_republication_mends_a_copy_of_the_same_version(
    database: Database, known_player: Callable[..., str], feed: Any
) -> None:
    player_id = known_player()
    with database.begin() as tx:
        tx.execute(text("UPDATE player_copies SET owner_agent_id = 'KF999'"))
    data = {"player_id": player_id, "owner_agent_id": "KF003", "tier": "big", "minor_band": "none"}
    data |= {"merged_into": None, "erased": False}

    feed("players.player.updated.v1", player_id, data)
    assert rows(database, "player_copies")[0]["owner_agent_id"] == "KF999"
    feed("players.player.updated.v1", player_id, data, republication=True)
    assert rows(database, "player_copies")[0]["owner_agent_id"] == "KF003"


def test_a_packs_own_version_is_what_its_envelope_says__I5(
    database: Database, known_pack: Callable[..., dict[str, Any]]
) -> None:
    data = known_pack()
    said = event("catalog.pack.updated.v1", data["pack_id"], {**data, "version": 9}, 1003)
    deliver(database, replace(said, versionbase=1000))  # the catalog was put back from a backup
    assert [(copy["version"], copy["own_version"]) for copy in rows(database, "pack_copies")] == [(1003, 3)]


def test_fields_that_come_later_are_ignored(database: Database, known_pack: Callable[..., Any]) -> None:
    line = {"item_id": "01940000-0000-7000-8000-000000000001", "game_id": "xiyou", "code": "a", "name": "b"}
    line |= {"quantity": 1, "unit_price_fen": 1}

    known_pack(campaign="new", contents=[{**line, "icon": "new"}])

    assert rows(database, "pack_copies")[0]["contents"] == [line]
