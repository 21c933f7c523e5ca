"""Two real server processes, as production starts them: the players service and the gateway in front of it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import migrate
from gamedesk_local.system import free_port
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.model.agents import NewAgent

GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""


@dataclass(frozen=True)
class Server:
    """A process that serves HTTP. `path`: a list there that `bearer` may read."""

    name: str
    port: int
    path: str
    bearer: str
    log: Path

    def head(self, method: str = "GET", *lines: str, path: str = "", version: str = "1.1") -> bytes:
        """A request's head that is right but for what `lines` add."""
        start = f"{method} {path or self.path} HTTP/{version}"
        return "\r\n".join([start, "Host: desk", f"Authorization: {self.bearer}", *lines, "", ""]).encode("latin-1")

    def answers(self) -> bool:
        url = f"http://127.0.0.1:{self.port}{self.path}"
        try:
            return httpx.get(url, headers={"Authorization": self.bearer}, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


def _with_an_agent(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    database.transact(create_agent, None, NewAgent("KF001", "客服", "a long password", "wx_1", "微信", "admin", "A"))
    database.dispose()


class Servers:
    """Starts server processes and ends them."""

    def __init__(self, folder: Path, bearer: str) -> None:
        self._folder, self._bearer = folder, bearer
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, path: str, **settings: object) -> Server:
        server = Server(name, free_port(), path, self._bearer, self._folder / f"{name}.log")
        environment = {f"GAMEDESK_{key.upper()}": str(value) for key, value in settings.items()}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:gamedesk_chassis.gunicorn_conf"]
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                [*command, f"gamedesk_{name}.app:create_app()"],
                env={**os.environ, **environment, "GAMEDESK_HTTP_PORT": str(server.port)},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return server

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


@pytest.fixture(scope="session")
def servers(
    fresh_database: Callable[..., str],
    keys: Any,
    token_for: Callable[..., str],
    eventually: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Server]]:
    folder = tmp_path_factory.mktemp("wire")
    (folder / "key").write_text("whsec_YSBzZWNyZXQgb2YgdGhlc2UgdGVzdHMsIGxvbmcgZW5vdWdo")
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
    (folder / "session.key").write_text(base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
    for secret in ("key", "session.key"):
        (folder / secret).chmod(0o600)
    starting = Servers(folder, f"Bearer {token_for('KF001', 'admin', 'A')}")
    try:
        players = starting.start(
            "players",
            "/agents",
            database_url=fresh_database("players", _with_an_agent),
            jwks_file=keys.jwks_file,
            signing_key_file=keys.signing_key_file,
            gateway_key=keys.gateway_key,
            games_file=folder / "games.yaml",
        )
        nowhere = dict.fromkeys(("tickets_url", "sales_url", "catalog_url"), "http://127.0.0.1:9")
        gateway = starting.start(
            "gateway",
            "/api/agents",
            players_url=f"http://127.0.0.1:{players.port}",
            jwks_file=keys.jwks_file,
            session_key_file=folder / "session.key",
            gateway_key=keys.gateway_key,
            nats_url="nats://127.0.0.1:9",
            **nowhere,
        )
        eventually(gateway.answers, within=60)  # which asks the other one
        yield {"players": players, "gateway": gateway}
    finally:
        starting.stop()


@pytest.fixture(params=["players", "gateway"])
def server(servers: dict[str, Server], request: pytest.FixtureRequest) -> Server:
    return servers[request.param]
