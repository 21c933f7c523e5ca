"""One app per service for the whole run: these tests ask for refusals, not for state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient

from tests.contract.services import make_app

SECRET = "whsec_YSBzZWNyZXQgb2YgdGhlc2UgdGVzdHMsIGxvbmcgZW5vdWdo"
GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""


@pytest.fixture(scope="session")
def games_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("games")
    (folder / "key").write_text(SECRET)
    (folder / "key").chmod(0o600)
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
    return folder / "games.yaml"


@pytest.fixture(scope="session")
def apps(fresh_database: Callable[..., str], keys: Any, games_file: Path) -> Callable[[str], Any]:
    """`apps("players")`: the service's ASGI app."""
    made: dict[str, Any] = {}

    def app(name: str) -> Any:
        if name not in made:
            made[name] = make_app(name, fresh_database, keys, games_file)
        return made[name]

    return app


@pytest.fixture(scope="session")
def admin_of(apps: Callable[[str], Any], token_for: Callable[..., str]) -> Callable[[str], ApiClient]:
    """`admin_of("players")`: a client of that service, signed in as an admin."""
    return lambda name: ApiClient(apps(name), token_for("KF001", "admin", "A"))
