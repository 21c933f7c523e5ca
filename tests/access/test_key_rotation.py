"""The signing key changes while agents work; nobody is refused, and afterwards the old key is worth nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from gamedesk_chassis.database import Database
from gamedesk_players import signing_keys
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.model.agents import Agent, NewAgent
from gamedesk_players.tokens import TokenIssuer
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.tokens import Keys

from tests.contract.conftest import games_file
from tests.contract.services import app_on, new_database

__all__ = ["games_file"]

CREDENTIALS = {"agent_id": "KF003", "password": "a long password"}


class Desk:
    """Signs in, renews and asks two services, again and again; `refused` has what went wrong."""

    def __init__(self, players: Any, catalog: Any) -> None:
        self.players, self.catalog = ApiClient(players), ApiClient(catalog)
        self.refused: list[str] = []
        self.rounds = 0
        self.token = self.refresh = ""

    def sign_in(self) -> None:
        self._hold(self.players.request("POST", "/sessions", json=CREDENTIALS))

    def work(self) -> None:
        self._hold(self.players.request("POST", "/sessions/refresh", json={"refresh_token": self.refresh}))
        for client, path in ((self.players, "/games"), (self.catalog, "/items")):
            self._look(client.request("GET", path, headers={"Authorization": f"Bearer {self.token}"}))
        self.rounds += 1

    def kid(self) -> str:
        return jwt.get_unverified_header(self.token)["kid"]

    def asks(self, token: str) -> set[int]:
        headers = {"Authorization": f"Bearer {token}"}
        asked = ((self.players, "/games"), (self.catalog, "/items"))
        return {client.request("GET", path, headers=headers).status_code for client, path in asked}

    def _hold(self, response: Any) -> None:
        self._look(response)
        tokens = response.json()
        self.token, self.refresh = tokens["access_token"], tokens["refresh_token"]

    def _look(self, response: Any) -> None:
        if response.status_code >= 300:
            self.refused.append(f"{response.request.url.path}: {response.status_code}")


@contextmanager
def at_work(desk: Desk) -> Iterator[None]:
    """Somebody works at the desk, without a pause, for the length of the block."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            desk.work()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def key_folder(tmp_path: Path) -> Path:
    signing_keys.make_key_files(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def desk(key_folder: Path, fresh_database: Callable[..., str], games_file: Path, keys: Keys) -> Desk:
    own = Keys(keys.private_key, keys.kid, key_folder / "signing.jwk.json", key_folder / "jwks.json")
    urls = {name: new_database(name, fresh_database) for name in ("players", "catalog")}
    apps = [app_on(name, url, own, games_file) for name, url in urls.items()]
    database = Database(urls["players"], pool_size=1)
    database.transact(create_agent, None, NewAgent("KF003", "小三", CREDENTIALS["password"], "wx_3", "三"))
    database.dispose()
    desk = Desk(*apps)
    desk.sign_in()
    return desk


def test_a_key_is_changed_while_agents_work_and_none_is_refused(
    desk: Desk, key_folder: Path, eventually: Callable[..., Any]
) -> None:
    first_token, first = desk.token, desk.kid()
    with at_work(desk):
        second = signing_keys.add(key_folder)
        # As an operator does: the next step when every service has read the file. Reading takes a second at most.
        eventually(lambda: desk.asks(token_of_the_next_key(key_folder)) == {200})
        signing_keys.switch(key_folder)
        eventually(lambda: desk.kid() == second)
        assert desk.asks(first_token) == {200}, "tokens of the first key are good until they end"
        assert signing_keys.retire(key_folder, at_once=True) == [first]
        eventually(lambda: desk.asks(first_token) == {401})
        rounds = desk.rounds
        eventually(lambda: desk.rounds > rounds + 1)

    assert desk.refused == []


def token_of_the_next_key(folder: Path) -> str:
    """What players would sign now, were the switch made."""
    now = datetime.now(UTC)
    agent = Agent("KF003", "小三", "agent", "", True, None, None, 1, now, now)
    return TokenIssuer(folder / "signing.next.jwk.json").access_token(agent, now)[0]
