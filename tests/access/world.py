"""The four services and the gateway on real ports and databases, and people of two teams who ask them.

There is no NATS here: `pump` hands what one service wrote into its outbox to the listeners of the others, at once.
"""

from __future__ import annotations

import base64
import importlib
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.outbox import OUTBOX, to_event
from gamedesk_gateway.app import create_app
from gamedesk_gateway.settings import Settings
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.model.agents import NewAgent
from gamedesk_testing.tokens import Keys
from sqlalchemy import select, text

from tests.access.rules import Entry
from tests.contract.services import NAMES, app_on, new_database

PASSWORD = "a long password"
# agent id → role and team
PEOPLE: dict[str, tuple[Any, str]] = {
    "KF001": ("admin", "A"),
    "KF002": ("admin", "B"),
    "KF011": ("lead", "A"),
    "KF012": ("agent", "A"),
    "KF013": ("agent", "A"),
    "KF021": ("lead", "B"),
    "KF022": ("agent", "B"),
    "KF099": ("agent", "A"),
}
GONE = "KF099"
# relation and role → whose the thing is, and who asks
CELLS = {
    ("own", "agent"): ("KF012", "KF012"),
    ("own", "lead"): ("KF011", "KF011"),
    ("own", "admin"): ("KF001", "KF001"),
    ("team", "agent"): ("KF012", "KF013"),
    ("team", "lead"): ("KF012", "KF011"),
    ("team", "admin"): ("KF012", "KF001"),
    ("others", "agent"): ("KF012", "KF022"),
    ("others", "lead"): ("KF012", "KF021"),
    ("others", "admin"): ("KF012", "KF002"),
}


@dataclass
class Call:
    """A valid request of an operation: what stands in its path, its query, and its body (JSON, or `content`)."""

    ids: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    content: bytes | None = None
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Served:
    """An ASGI app on a port of its own."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, proxy_headers=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


class World:
    def __init__(
        self, fresh_database: Callable[..., str], keys: Keys, games_file: Path, folder: Path, eventually: Any
    ) -> None:
        self.keys, self._folder = keys, folder
        urls = {name: new_database(name, fresh_database) for name in NAMES}
        self.databases: dict[str, Database] = {name: Database(url, pool_size=3) for name, url in urls.items()}
        self._seen: dict[str, int] = dict.fromkeys(NAMES, 0)
        self._hire()
        self._served = {name: Served(app_on(name, url, keys, games_file)) for name, url in urls.items()}
        self._served["gateway"] = Served(self._gateway())
        self.clients = {
            name: httpx.Client(base_url=served.url, timeout=30, trust_env=False)
            for name, served in self._served.items()
        }
        for client in self.clients.values():
            eventually(lambda client=client: client.get("/health/live").status_code == 200)
        self._tokens = {agent_id: keys.token(agent_id, *PEOPLE[agent_id]) for agent_id in PEOPLE}

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        for name in reversed(self._served):
            self._served[name].stop()
        for database in self.databases.values():
            database.dispose()

    def token(self, agent_id: str) -> str:
        return self._tokens[agent_id]

    def send(self, entry: Entry, call: Call, token: str | None, *, unit: str = "", path: str = "") -> httpx.Response:
        """The request, to the operation's own service, or to another `unit` under another `path`."""
        operation = entry.operation
        prefix = "/api" if (unit or entry.unit) == "gateway" else ""
        headers = {**call.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        if operation.method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        if call.version is not None:
            headers["If-Match"] = f'"{call.version}"'
        body: dict[str, Any] = {} if call.body is None else {"json": call.body}
        if call.content is not None:
            body, headers["Content-Type"] = {"content": call.content}, call.media
        target = prefix + (path or operation.path.format(**call.ids))
        client = self.clients[unit or entry.unit]
        with client.stream(operation.method, target, headers=headers, params=dict(call.query), **body) as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                response.read()
        return response

    def do(self, unit: str, method: str, path: str, by: str, body: Any = None, **options: Any) -> Any:
        """Prepare something: this has to work. Answers the JSON."""
        version, headers = options.pop("version", None), options.pop("headers", {})
        headers = {"Authorization": f"Bearer {self.token(by)}", "Idempotency-Key": uuid4().hex, **headers}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if body is not None:
            options["json"] = body
        response = self.clients[unit].request(method, path, headers=headers, **options)
        assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def run(self, unit: str, statement: str, **values: Any) -> None:
        with self.databases[unit].begin() as tx:
            tx.execute(text(statement), values)

    def value(self, unit: str, query: str, **values: Any) -> Any:
        with self.databases[unit].begin() as tx:
            return tx.execute(text(query), values).scalar_one()

    def pump(self) -> None:
        """What was published meanwhile reaches everybody."""
        for source, database in self.databases.items():
            with database.begin() as tx:
                rows = tx.execute(select(OUTBOX).where(OUTBOX.c.id > self._seen[source]).order_by(OUTBOX.c.id)).all()
            for row in rows:
                self._seen[source] = row.id
                self._hear(to_event(row))

    def hear(self, type: str, subject: str, data: dict[str, Any]) -> None:
        """An event reaches everybody who listens to it."""
        source, moment = f"/{type.partition('.')[0]}", datetime.now(UTC)
        event = Event(
            id=new_id(), source=source, type=type, subject=subject, time=moment, aggregateversion=1, data=data
        )
        self._hear(event)

    def _hear(self, event: Event) -> None:
        for name, database in self.databases.items():
            for handlers in importlib.import_module(f"gamedesk_{name}.__main__").SERVICE.listeners.values():
                if event.type in handlers:
                    database.transact(handlers[event.type], event)

    def _hire(self) -> None:
        database = self.databases["players"]
        hashed: str | None = None
        for agent_id, (role, team) in PEOPLE.items():
            new = NewAgent(agent_id, f"客服{agent_id}", PASSWORD, f"wx_{agent_id}", f"微信{agent_id}", role, team)
            database.transact(create_agent, None, new, hashed)
            hashed = hashed or self.value("players", "SELECT password_hash FROM agents LIMIT 1")
        self.pump()

    def _gateway(self) -> Any:
        (self._folder / "session.key").write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        urls = {f"{name}_url": self._served[name].url for name in NAMES}
        values: dict[str, Any] = {
            **urls,
            "jwks_file": self.keys.jwks_file,
            "session_key_file": self._folder / "session.key",
            "gateway_key": self.keys.gateway_key,
            "cookie_secure": False,
            "nats_url": "nats://127.0.0.1:9",
            "log_level": "ERROR",
            "home_deadline": 30.0,
            "call_deadline": 30.0,
            "reference_patience": 0.0,
        }
        return create_app(Settings(**values))
