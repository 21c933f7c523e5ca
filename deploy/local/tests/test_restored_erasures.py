"""Who was erased after a backup was made stays erased when it is put back (PIPL)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from gamedesk_local.backup import backup, restore
from gamedesk_local.errors import LocalError
from gamedesk_local.product import Product
from gamedesk_local.system import write_private

PLAYER = UUID(int=1)
MADE_SINCE = UUID(int=2)
AGENT = """
INSERT INTO agents (agent_id, name, role, team, active, password_hash, version, created_at, updated_at)
VALUES ('KF001', '客服', 'admin', '', true, '', 1, now(), now())
"""
NEW_PLAYER = """
INSERT INTO players (player_id, owner_agent_id, wechat_name, tier, minor_band, note, tags, version, created_at,
                     updated_at)
VALUES (%s, 'KF001', '孙悟空', 'big', 'none', '', '{}', 1, now(), now())
"""


def silent(_sentence: str) -> None:
    pass


def erase(product: Product, player_id: UUID) -> None:
    said = {
        "player_id": str(player_id),
        "erased_by": "KF001",
        "reason": "本人要求",
        "erased_at": "2026-11-22T08:00:00+00:00",
    }
    product.run("players", "erasures", "replay", stdin=json.dumps(said))


def connect(product: Product) -> psycopg.Connection[Any]:
    return product.layout.postgres.connect("players")


@pytest.fixture(scope="module")
def product(new_state_dir: Callable[[str], Path]) -> Product:
    return Product(new_state_dir("erasures"))


@pytest.fixture(scope="module")
def saved(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with one player, who is erased afterwards, as is one who was made afterwards."""
    folder = tmp_path_factory.mktemp("backups") / "before"
    product.start_infrastructure()
    try:
        product.run("players", "migrate")
        with connect(product) as connection:
            connection.execute(AGENT)
            connection.execute(NEW_PLAYER, [PLAYER])
        write_private(product.state.signing_key, "the key")
        backup(product.state, folder, silent)
        with connect(product) as connection:
            connection.execute(NEW_PLAYER, [MADE_SINCE])
        for player_id in (PLAYER, MADE_SINCE):
            erase(product, player_id)
    finally:
        product.stop()
    return folder


@pytest.fixture
def restored(product: Product, saved: Path) -> Iterator[Product]:
    restore(product.state, saved, silent)
    product.start_infrastructure()
    yield product
    product.stop()


def test_a_restored_player_is_erased_again_and_published_as_such__erasure(restored: Product) -> None:
    with connect(restored) as connection:
        players = connection.execute(
            "SELECT player_id, wechat_name, tier, erased_at IS NOT NULL FROM players"
        ).fetchall()
        events = connection.execute(
            "SELECT aggregate_id FROM outbox WHERE type = 'players.player.erased.v1'"
        ).fetchall()

    assert players == [(PLAYER, None, "none", True)]
    assert [str(row[0]) for row in events] == [str(PLAYER)]


def test_the_list_of_erasures_outlives_a_backup_that_does_not_know_them__erasure(restored: Product) -> None:
    with connect(restored) as connection:
        known = connection.execute("SELECT player_id FROM erasures ORDER BY player_id").fetchall()

    assert known == [(PLAYER,), (MADE_SINCE,)]
    assert not restored.state.erasures.exists()


def test_an_interrupted_restore_forgets_nobody_when_it_is_repeated__erasure(
    product: Product, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise LocalError("interrupted")

    with monkeypatch.context() as broken:
        broken.setattr("gamedesk_local.backup._client", fail)
        with pytest.raises(LocalError, match="interrupted"):
            restore(product.state, saved, silent)
    assert product.state.erasures.stat().st_mode & 0o077 == 0

    restore(product.state, saved, silent)

    product.start_infrastructure()
    try:
        with connect(product) as connection:
            assert connection.execute("SELECT count(*) FROM players WHERE wechat_name IS NOT NULL").fetchone() == (0,)
            assert connection.execute("SELECT count(*) FROM erasures").fetchone() == (2,)
    finally:
        product.stop()
