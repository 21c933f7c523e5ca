"""The catalog service on a real database, with items of two games, and callers of each role."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from gamedesk_catalog.__main__ import SERVICE
from gamedesk_catalog.app import create_app
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.settings import Settings
from gamedesk_catalog.tables import agent_copies
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import migrate
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import insert

GAMES = """
games:
  - id: xiyou
    name: 西游传说
    api_url: 'http://xiyou.test'
    api_key_file: key
    push_secret_files: [new_secret, old_secret]
  - {id: sanguo, name: 三国志战, api_url: 'http://sanguo.test', api_key_file: key, push_secret_files: [sanguo_secret]}
"""
SECRETS = {name: b"%s of 24 bytes or more..." % name.encode() for name in ("new_secret", "old_secret", "sanguo_secret")}
AGENTS = {"KF001": "admin", "KF002": "lead", "KF003": "agent", "KF004": "agent", "KF005": "lead", "KF006": "lead"}
TEAMS = {agent_id: "B" if agent_id == "KF006" else "A" for agent_id in AGENTS}
ITEMS = {
    "xiyou": [("XIYOU-1", "如意金箍棒", 1000), ("XIYOU-2", "筋斗云碎片", 250), ("XIYOU-3", "蟠桃×10", 99)],
    "sanguo": [("SANGUO-1", "青龙偃月刀", 5000)],
}


def migrate_catalog(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    for game_id, rows in ITEMS.items():
        quotes = [Quote(code, price, 1, now(), name) for code, name, price in rows]
        database.transact(apply_quotes, game_id, quotes, Origin("pull"), 5)
    with database.begin() as tx:
        for agent_id, role in AGENTS.items():
            copy = {"agent_id": agent_id, "role": role, "team": TEAMS[agent_id], "active": True, "version": 0}
            tx.execute(insert(agent_copies).values(copy))
    database.dispose()


@pytest.fixture(scope="session")
def games_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("games")
    (folder / "key").write_text("f7c1e09a4b82d653")
    for name, secret in SECRETS.items():
        (folder / name).write_text("whsec_" + base64.b64encode(secret).decode() + "\n")
    for name in ("key", *SECRETS):
        (folder / name).chmod(0o600)
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
    return folder / "games.yaml"


@pytest.fixture
def settings(fresh_database: Callable[..., str], keys: Any, games_file: Path) -> Settings:
    return Settings(
        database_url=fresh_database("catalog", migrate_catalog),
        jwks_file=keys.jwks_file,
        games_file=games_file,
        web_threads=4,
        validate_responses=True,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url, pool_size=8)
    yield database
    database.dispose()


@pytest.fixture
def anonymous(settings: Settings) -> ApiClient:
    client = ApiClient(create_app(settings))
    client.get("/items")  # Connexion completes itself at the first request, which must not be two at once
    return client


@pytest.fixture
def as_agent(anonymous: ApiClient, token_for: Callable[..., str]) -> Callable[[str], ApiClient]:
    """`as_agent("KF003")`: a client signed in as one of AGENTS."""
    return lambda agent_id: anonymous.signed_in(token_for(agent_id, AGENTS[agent_id], TEAMS[agent_id]))


@pytest.fixture
def item_of(as_agent: Callable[[str], ApiClient]) -> Callable[[str], dict[str, Any]]:
    """`item_of("XIYOU-1")`: the item as the API shows it now."""

    def find(code: str) -> dict[str, Any]:
        return as_agent("KF003").get("/items", q=code).json()["items"][0]

    return find


def price(code: str, price_fen: int, version: int, effective_at: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "code": code,
        "price_fen": price_fen,
        "currency": "CNY",
        "version": version,
        "effective_at": effective_at,
    }


class Game:
    """Pushes prices as a game's server does; what is signed, when, and with which secret can be bent."""

    def __init__(self, client: ApiClient, game_id: str = "xiyou") -> None:
        self._client, self._game_id = client, game_id

    def push(self, *prices: dict[str, Any], event_id: str | None = None, **bend: Any) -> httpx.Response:
        event_id = event_id or str(uuid4())
        return self.send(json.dumps({"event_id": event_id, "prices": prices}).encode(), event_id, **bend)

    def send(
        self,
        body: bytes,
        message_id: str,
        *,
        secret: str = "new_secret",
        age: float = 0,
        signature: str | None = None,
        content_type: str = "application/json",
    ) -> httpx.Response:
        timestamp = str(int(time.time() - age))
        signed = f"{message_id}.{timestamp}.".encode() + body
        digest = hmac.digest(SECRETS[secret], signed, hashlib.sha256)
        headers = {
            "content-type": content_type,
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature or "v1," + base64.b64encode(digest).decode(),
        }
        return self._client.request("POST", f"/price-pushes/{self._game_id}", content=body, headers=headers)

    def fates(self, *prices: dict[str, Any], **bend: Any) -> list[str]:
        response = self.push(*prices, **bend)
        assert response.status_code == 200, response.text
        return [result["fate"] for result in response.json()["results"]]


@pytest.fixture
def game(anonymous: ApiClient) -> Game:
    """The game xiyou."""
    return Game(anonymous)


@pytest.fixture
def new_pack(as_agent: Callable[[str], ApiClient], item_of: Callable[[str], dict[str, Any]]) -> Callable[..., Any]:
    """`new_pack({"XIYOU-1": 2}, discount_bp=1000, by="KF003")`: a pack made through the API."""

    def make(contents: dict[str, int], discount_bp: int = 1000, by: str = "KF003", **fields: Any) -> dict[str, Any]:
        lines = [{"item_id": item_of(code)["item_id"], "quantity": n} for code, n in contents.items()]
        body = {"name": "周末礼包", "discount_bp": discount_bp, "contents": lines, **fields}
        response = as_agent(by).post("/packs", body)
        assert response.status_code == 201, response.text
        return response.json()

    return make


@pytest.fixture
def new_campaign(as_agent: Callable[[str], ApiClient]) -> Callable[..., str]:
    """`new_campaign("xiyou")`: the id of a campaign of these games, of an admin's."""

    def make(*game_ids: str) -> str:
        days = {"starts_on": "2026-01-01", "ends_on": "2999-01-01"}
        body = {"name": "周年庆", "theme": "周年", "game_ids": list(game_ids), **days}
        response = as_agent("KF001").post("/campaigns", body)
        assert response.status_code == 201, response.text
        return response.json()["campaign_id"]

    return make
