"""What the product consists of on this machine: one table of processes, each with its environment."""

from __future__ import annotations

import hashlib
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from gamedesk_local import health, system
from gamedesk_local.nats_server import NatsServer
from gamedesk_local.postgres import PostgresServer
from gamedesk_local.processes import Process
from gamedesk_local.state import REPOSITORY, State

INFRASTRUCTURE, SERVICE_TIER, GATEWAY_TIER = range(3)
NATS_CONFIG = REPOSITORY / "deploy" / "nats" / "nats-server.conf"
CONSOLE_PAGE = REPOSITORY / "console" / "dist"


@dataclass(frozen=True)
class Service:
    """What is particular to one service: files of the state folder that it is told of, places where it stores
    objects (as addresses), and secrets by their names, by variable."""

    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


GAMES = {"GAMEDESK_GAMES_FILE": "games.yaml"}
GATEWAY_KEY = {"GAMEDESK_GATEWAY_KEY": "gateway"}
SERVICES = (
    Service("players", {**GAMES, "GAMEDESK_SIGNING_KEY_FILE": "keys/signing.jwk.json"}, secrets=GATEWAY_KEY),
    Service("tickets", stores={"GAMEDESK_ATTACHMENTS_URL": "data/attachments"}),
    Service("catalog", GAMES),
    Service("sales", GAMES),
)
NATS_USERS = ("admin", *(service.name for service in SERVICES), "gateway")


class Layout:
    """The table, for one state folder. Making it starts nothing."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.postgres = PostgresServer(state.data / "postgres", state.secret("postgres"))
        passwords = {f"NATS_{user.upper()}_PASSWORD": state.secret(f"nats-{user}") for user in NATS_USERS}
        self.nats = NatsServer(state.data / "nats", state.port("nats"), NATS_CONFIG, passwords)

    def infrastructure(self) -> list[Process]:
        """The two servers that everything stands on; PostgreSQL must have been prepared."""
        postgres = Process(
            name="postgres",
            command=self.postgres.command(),
            ready=self.postgres.is_ready,
            tier=INFRASTRUCTURE,
            account=self.postgres.account,
            stop_signal=signal.SIGINT,  # fast shutdown; at SIGTERM it would wait for its clients
            stop_within=60,
        )
        nats = Process(
            name="nats",
            command=self.nats.command(),
            env=self.nats.variables,
            ready=self.nats.is_ready,
            tier=INFRASTRUCTURE,
            port=self.nats.port,
        )
        return [postgres, nats]

    def programs(self) -> list[Process]:
        """Everything above the infrastructure, in the order of starting."""
        options = ["--games", str(self.state.games), "--desk-url", f"{self.url('gateway')}/api"]
        simulator = ["game_server", "--port", str(self.state.port("simulator")), *options]
        rows = [self._python("simulator", simulator, {})]
        for service in SERVICES:
            env = self.environment(service)
            rows.append(self._python(f"{service.name}-web", web(service.name), env))
            rows.append(self._python(f"{service.name}-worker", [f"gamedesk_{service.name}", "worker"], env))
        rows.append(self._python("gateway", web("gateway"), self.gateway_environment(), GATEWAY_TIER))
        return rows

    def environment(self, service: Service, nats_user: str | None = None) -> dict[str, str]:
        """The environment of a service's processes; another `nats_user` than its own for administration."""
        password = self.state.secret(f"db-{service.name}")
        return {
            "GAMEDESK_DATABASE_URL": self.postgres.url(service.name, service.name, password),
            **self._shared_environment(nats_user or service.name),
            **{variable: str(self.state.folder / file) for variable, file in service.files.items()},
            **{variable: (self.state.folder / place).as_uri() for variable, place in service.stores.items()},
            **{variable: self.state.secret(name) for variable, name in service.secrets.items()},
        }

    def url(self, process: str) -> str:
        """Where a process answers over HTTP."""
        return f"http://{system.LOOPBACK}:{self.state.port(process)}"

    def secrets_of(self, process: str) -> dict[str, str]:
        """Of a process above the infrastructure: variable → the secret of the state folder that is in it."""
        name = process.partition("-")[0]
        service = next((service for service in SERVICES if service.name == name), None)
        if service is not None:
            database, bus = {"GAMEDESK_DATABASE_URL": f"db-{name}"}, {"GAMEDESK_NATS_URL": f"nats-{name}"}
            return {**database, **bus, **service.secrets}
        return {"GAMEDESK_NATS_URL": "nats-gateway", **GATEWAY_KEY} if name == "gateway" else {}

    def gateway_environment(self) -> dict[str, str]:
        """The environment of a gateway."""
        return {
            **self._shared_environment("gateway"),
            **{f"GAMEDESK_{service.name.upper()}_URL": self.url(f"{service.name}-web") for service in SERVICES},
            "GAMEDESK_CONSOLE_DIR": str(CONSOLE_PAGE),  # which may be built later
            "GAMEDESK_SESSION_KEY_FILE": str(self.state.session_key),
            **{variable: self.state.secret(name) for variable, name in GATEWAY_KEY.items()},
            "GAMEDESK_COOKIE_SECURE": "false",  # plain http, but within this machine only
        }

    def _shared_environment(self, nats_user: str) -> dict[str, str]:
        return {
            "GAMEDESK_NATS_URL": self.nats.url(nats_user, self.state.secret(f"nats-{nats_user}")),
            "GAMEDESK_JWKS_FILE": str(self.state.jwks),
            "GAMEDESK_HTTP_HOST": system.LOOPBACK,
        }

    def _python(self, name: str, arguments: list[str], env: Mapping[str, str], tier: int = SERVICE_TIER) -> Process:
        port = self.state.port(name)
        return Process(
            name=name,
            command=python(*arguments),
            env={**env, "GAMEDESK_HTTP_PORT": str(port)},
            ready=partial(health.is_ready, port),
            tier=tier,
            port=port,
        )


def python(*arguments: str) -> list[str]:
    """A module of this environment as a command; -P: never one from the folder where we happen to stand."""
    return [sys.executable, "-P", "-m", *arguments]


def source_digest() -> str:
    """Changes when the source of any service or of the chassis does."""
    digest = hashlib.sha256()
    for folder in ("libs/chassis/src", "services"):
        for path in sorted((REPOSITORY / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".sql"):
                digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def parts_of(name: str) -> list[str]:
    """The processes that a name stands for: a service's name for its web and its worker."""
    if any(service.name == name for service in SERVICES):
        return [f"{name}-web", f"{name}-worker"]
    return [name]


def web(unit: str) -> list[str]:
    """A unit's web process, as arguments for `python`."""
    return ["gunicorn", "-c", "python:gamedesk_chassis.gunicorn_conf", f"gamedesk_{unit}.app:create_app()"]
