"""Locking a person with everybody merged into him: always in the order of ids."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_players.repository import players
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.polling import eventually
from sqlalchemy import text

from .conftest import waiting

As = Callable[[str], ApiClient]


def test_who_was_merged_meanwhile_is_locked_before_the_survivor_whose_id_is_later(
    as_agent: As, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = as_agent("KF003")
    loser, survivor = (UUID(agent.post("/players", {"phone": f"1380013800{n}"}).json()["player_id"]) for n in range(2))
    with database.begin() as tx:
        merge = text("UPDATE players SET merged_into = :into WHERE player_id = :id")
        tx.execute(merge, {"into": survivor, "id": loser})
    losers_of, nobody_yet = players.losers_of, [{}]
    monkeypatch.setattr(players, "losers_of", lambda *a: nobody_yet.pop() if nobody_yet else losers_of(*a))
    lock: Any = text("SELECT 1 FROM players WHERE player_id = :id FOR UPDATE NOWAIT")

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as other:
            other.execute(lock, {"id": loser})
            locking = pool.submit(database.transact, players.lock_families, [survivor])
            eventually(lambda: waiting(database) == 1)
            other.execute(lock, {"id": survivor})
        assert set(locking.result()) == {loser, survivor}
