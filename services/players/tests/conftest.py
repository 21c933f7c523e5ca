"""The players service on a real database, with one admin (KF001), a lead (KF002) and two agents (KF003, KF004)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.remotes import Remote
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.app import create_app
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.model.agents import NewAgent
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
  - {id: sanguo, name: 三国志战, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""
PASSWORD = "a long password"
AGENTS = [("KF001", "admin", "A"), ("KF002", "lead", "A"), ("KF003", "agent", "A"), ("KF004", "agent", "B")]


_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def waiting(database: Database) -> int:
    """How many of the database's sessions wait for a lock."""
    with database.begin() as tx:
        return tx.execute(_WAITING).scalar_one()


def migrate_players(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    for agent_id, role, team in AGENTS:
        new = NewAgent(agent_id, f"客服{agent_id}", PASSWORD, f"wx_{agent_id}", f"微信{agent_id}", role, team)  # pyright: ignore[reportArgumentType]
        database.transact(create_agent, None, new)
    database.dispose()


@pytest.fixture(scope="session")
def games_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("games")
    (folder / "key").write_text("whsec_c2VjcmV0")
    (folder / "key").chmod(0o600)
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
    return folder / "games.yaml"


@pytest.fixture
def settings(fresh_database: Callable[..., str], keys: Any, games_file: Path) -> Settings:
    return Settings(
        database_url=fresh_database("players", migrate_players),
        jwks_file=keys.jwks_file,
        signing_key_file=keys.signing_key_file,
        gateway_key=keys.gateway_key,
        games_file=games_file,
        web_threads=4,
        validate_responses=True,
    )


@pytest.fixture
def database(settings: Settings) -> Any:
    database = Database(settings.database_url, pool_size=4)
    yield database
    database.dispose()


@pytest.fixture
def new_sync(database: Database) -> Iterator[Callable[[Mapping[str, Remote]], ProfileSync]]:
    """`new_sync(games)`: the job of one more worker replica; it asks nobody any more when the test is over."""
    with ExitStack() as opened:
        yield lambda games: opened.enter_context(closing(ProfileSync(database, games, timedelta(hours=24))))


@pytest.fixture
def anonymous(settings: Settings) -> ApiClient:
    return ApiClient(create_app(settings))


@pytest.fixture
def as_agent(anonymous: ApiClient, token_for: Callable[..., str]) -> Callable[[str], ApiClient]:
    """`as_agent("KF003")`: a client signed in as one of the four."""
    roles = {agent_id: (role, team) for agent_id, role, team in AGENTS}
    return lambda agent_id: anonymous.signed_in(token_for(agent_id, *roles[agent_id]))
