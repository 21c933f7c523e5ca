"""What a cluster consists of: two replicas of every program, a PostgreSQL for each service, a link per connection."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from gamedesk_local import health, layout, system
from gamedesk_local.layout import GATEWAY_TIER, INFRASTRUCTURE, SERVICE_TIER, SERVICES, Service
from gamedesk_local.nats_server import NatsServer
from gamedesk_local.postgres import PostgresServer
from gamedesk_local.processes import Process
from gamedesk_local.state import State

from tests.faults.harness.links import Links

REPLICAS = (1, 2)
# The operating system does not crash here: what a killed server has written is there when it starts again.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "120"}
SABOTEUR = Path(__file__).with_name("saboteur")


class ClusterLayout:
    """The table of processes and links, for one state folder. Making it starts nothing but the links.

    Args:
        chosen: the services' processes that are run, and then neither gateways nor simulated games; none: everything.
    """

    def __init__(self, state: State, links: Links, chosen: Sequence[str] = ()) -> None:
        self.state, self.links, self._chosen = state, links, chosen
        self.whole = not chosen
        self.product = layout.Layout(state)
        self.monitoring = state.port("nats-monitoring")
        variables = self.product.nats.variables
        self.nats = NatsServer(state.data / "nats", state.port("nats"), layout.NATS_CONFIG, variables)
        self.postgres = {
            service.name: PostgresServer(
                state.data / f"{service.name}-postgres", state.secret(f"postgres-{service.name}"), SETTINGS
            )
            for service in SERVICES
        }
        self._make_links()

    def _make_links(self) -> None:
        for service in SERVICES:
            socket = self.postgres[service.name].socket_dir / ".s.PGSQL.5432"
            for program in self.programs_of(service):
                self.links.add(f"{program}>postgres", socket)
                if "worker" in program:
                    self.links.add(f"{program}>nats", self.nats.port)
                if self.whole and "GAMEDESK_GAMES_FILE" in service.files:
                    self.links.add(f"{program}>games", self.state.port("simulator"))
        if not self.whole:
            return
        gateways = [f"gateway-{number}" for number in REPLICAS]
        for gateway in gateways:
            self.links.add(f"{gateway}>nats", self.nats.port)
            for service in SERVICES:
                webs = [self.state.port(f"{service.name}-web-{number}") for number in REPLICAS]
                self.links.add(f"{gateway}>{service.name}", *webs)
            self.links.add(f"clients>{gateway}", self.state.port(gateway))
        self.links.add("simulator>gateways", *(self.state.port(gateway) for gateway in gateways))

    def programs_of(self, service: Service) -> list[str]:
        """The names of a service's processes."""
        names = [f"{service.name}-{kind}-{number}" for kind in ("web", "worker") for number in REPLICAS]
        return [name for name in names if self.whole or name in self._chosen]

    def infrastructure(self) -> list[Process]:
        """The servers; each PostgreSQL must have been prepared."""
        servers = [
            Process(
                name=f"{name}-postgres",
                command=server.command(),
                ready=server.is_ready,
                tier=INFRASTRUCTURE,
                account=server.account,
                stop_signal=signal.SIGINT,
                stop_within=60,
            )
            for name, server in self.postgres.items()
        ]
        nats = Process(
            name="nats",
            command=[*self.nats.command(), "-m", str(self.monitoring)],
            env=self.nats.variables,
            ready=self.nats.is_ready,
            tier=INFRASTRUCTURE,
            port=self.nats.port,
        )
        return [*servers, nats]

    def programs(self) -> list[Process]:
        """Everything above the infrastructure."""
        rows = []
        for service in SERVICES:
            for program in self.programs_of(service):
                what = [f"gamedesk_{service.name}", "worker"] if "worker" in program else layout.web(service.name)
                rows.append(self._python(program, what, self._environment(service, program)))
        if self.whole:
            desk = f"{self.links['simulator>gateways'].url}/api"
            options = ["--port", str(self.state.port("simulator")), "--games", str(self.state.games)]
            rows.append(self._python("simulator", ["game_server", *options, "--desk-url", desk], {}))
            for number in REPLICAS:
                name = f"gateway-{number}"
                rows.append(self._python(name, layout.web("gateway"), self._gateway_environment(name), GATEWAY_TIER))
        return rows

    def administration(self, name: str) -> dict[str, str]:
        """The environment of a service's one-shot commands: past the links, with the right to make streams."""
        service = next(row for row in SERVICES if row.name == name)
        url = self.postgres[name].url(name, name, self.state.secret(f"db-{name}"))
        return {**self.product.environment(service, nats_user="admin"), "GAMEDESK_DATABASE_URL": url}

    def database_url(self, service: str, program: str) -> str:
        """The address of a service's database for a program, through its link."""
        password, port = self.state.secret(f"db-{service}"), self.links[f"{program}>postgres"].port
        # Without the questions for encryption the first bytes on a link are the first of the conversation.
        options = "sslmode=disable&gssencmode=disable"
        return f"postgresql+psycopg://{service}:{password}@{system.LOOPBACK}:{port}/{service}?{options}"

    def _environment(self, service: Service, program: str) -> dict[str, str]:
        env = {
            **self.product.environment(service),
            "GAMEDESK_DATABASE_URL": self.database_url(service.name, program),
        }
        env["PYTHONPATH"] = str(SABOTEUR)
        env["GAMEDESK_FAILPOINTS"] = str(self.failpoints(program))
        if "worker" in program:
            env["GAMEDESK_NATS_URL"] = self._nats_url(program, service.name)
        if "GAMEDESK_GAMES_FILE" in service.files and self.whole:
            env["GAMEDESK_GAMES_FILE"] = str(self._games_of(program))
        return env

    def _gateway_environment(self, name: str) -> dict[str, str]:
        urls = {f"GAMEDESK_{s.name.upper()}_URL": self.links[f"{name}>{s.name}"].url for s in SERVICES}
        return {
            **self.product.gateway_environment(),
            **urls,
            "GAMEDESK_NATS_URL": self._nats_url(name, "gateway"),
        }

    def failpoints(self, program: str) -> Path:
        """The folder in which a program's failpoints are armed."""
        return self.state.run / "failpoints" / program

    def _nats_url(self, program: str, user: str) -> str:
        password = self.state.secret(f"nats-{user}")
        return f"nats://{user}:{password}@{system.LOOPBACK}:{self.links[f'{program}>nats'].port}"

    def _games_of(self, program: str) -> Path:
        """A games.yaml that names the program's own link to the simulated games; the keys are everybody's."""
        games = self.state.games.with_name(f"games-{program}.yaml")
        text = self.state.games.read_text(encoding="utf-8")
        games.write_text(text.replace(self.product.url("simulator"), self.links[f"{program}>games"].url), "utf-8")
        return games

    def _python(self, name: str, arguments: list[str], env: dict[str, str], tier: int = SERVICE_TIER) -> Process:
        port = self.state.port(name)
        return Process(
            name=name,
            command=layout.python(*arguments),
            env={**env, "GAMEDESK_HTTP_PORT": str(port)},  # a dict of its own: a fault may change it
            ready=partial(health.is_ready, port),
            tier=tier,
            port=port,
        )
