"""The world is made once for all of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gamedesk_testing.tokens import Keys

from tests.access.tokens import bad_tokens
from tests.access.world import GONE, World
from tests.contract.conftest import games_file

__all__ = ["games_file"]


@pytest.fixture(scope="session")
def world(
    fresh_database: Callable[..., str],
    keys: Keys,
    games_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    eventually: Callable[..., Any],
) -> Iterator[World]:
    world = World(fresh_database, keys, games_file, tmp_path_factory.mktemp("access"), eventually)
    world.do("players", "PATCH", f"/agents/{GONE}", "KF001", {"active": False}, version=1)
    world.pump()
    yield world
    world.close()


@pytest.fixture(scope="session")
def nobodies(keys: Keys) -> dict[str, str | None]:
    """Tokens that are nobody's, by what is wrong with them."""
    return bad_tokens(keys)
