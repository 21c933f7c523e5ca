"""The product with two replicas of everything, to be harmed and healed. Everything is on the loopback address."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Self

import httpx
import psutil
import psycopg
from gamedesk_chassis.streams import JetStreamDeclaration, load_declaration
from gamedesk_local import layout, system
from gamedesk_local.api import Desk
from gamedesk_local.processes import Process, Supervisor
from gamedesk_local.product import Product
from gamedesk_local.state import REPOSITORY, State

from tests.faults.harness import jetstream, migration
from tests.faults.harness.layout import ClusterLayout
from tests.faults.harness.links import Links

START_WITHIN = 120.0  # seconds
POLL = 0.1
FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
)
KINDS = ("web", "worker", "gateway", "nats", "postgres", "simulator")
STAFF = (
    ("KF001", "admin"),
    ("KF101", "lead"),
    ("KF102", "agent"),
    ("KF103", "agent"),
    ("KF201", "lead"),
    ("KF202", "agent"),
)


class Agent(NamedTuple):
    """Someone who may sign in."""

    agent_id: str
    password: str
    role: str


class NotSettled(Exception):
    """Something still waits after the faults were healed (I3); the text says what, and how much of it."""


class Cluster:
    """Start it, harm it, heal it.

    Args:
        folder: where it keeps everything; a new one for each cluster.
        programs: the services' processes that are run, without gateways, games and agents; none: everything.
        say: gets one sentence about everything that happens.
    """

    def __init__(
        self,
        folder: Path,
        *,
        programs: Sequence[str] = (),
        say: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.state = State(folder)
        self.state.make()
        self.links = Links()
        self.say = say
        self.layout = ClusterLayout(self.state, self.links, programs)
        self.supervisor = Supervisor(self.state.logs, self.state.processes, say)
        self.agents: list[Agent] = []
        self._tools = Product(folder)
        self._processes: dict[str, Process] = {}
        self._paused: set[str] = set()
        self._migrations: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def gateways(self) -> list[str]:
        """Where clients reach the two gateways, through links of their own."""
        return [self.links[name].url for name in self.links.names("clients>")]

    @property
    def admin_databases(self) -> dict[str, str]:
        """Service → the address of its database for a superuser, past the links."""
        return {name: server.url(name) for name, server in self.layout.postgres.items()}

    @property
    def admin_nats(self) -> str:
        """The address of NATS for the user who may do everything, past the links."""
        return self.layout.nats.url("admin", self.state.secret("nats-admin"))

    @property
    def game_server(self) -> str:
        """Where the simulated games are managed, past the links."""
        return f"http://{system.LOOPBACK}:{self.state.port('simulator')}"

    def start(self) -> None:
        """Start everything and wait until all of it is ready. Raises LocalError; nothing is left running then."""
        try:
            self._start_infrastructure()
            self._run(self.layout.programs())
            if self.layout.whole:
                self._hire()
                self.settle()  # every service knows the agents
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything; the folder stays."""
        for name in list(self._paused):
            self.resume(name)
        for process in self._migrations.values():
            process.kill()
            process.wait()
        self.supervisor.stop_all()
        self.links.close()
        for server in self.layout.postgres.values():
            server.remove_socket_dir()

    def processes(self, kind: str = "") -> list[str]:
        """The names of all processes, or of one kind of them: web, worker, gateway, nats, postgres, simulator."""
        return [name for name in self._processes if not kind or kind in name.split("-")]

    def kill(self, name: str) -> None:
        """End a process and its children at once; it stays down until `restart`."""
        family = self._family(name)
        self.supervisor.kill(name)
        for member in family:  # PostgreSQL's children are in sessions of their own
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=10)
        self._paused.discard(name)

    def pause(self, name: str) -> None:
        """Stop a process from running, without a word to anybody."""
        for member in self._family(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.suspend()
        self._paused.add(name)

    def resume(self, name: str) -> None:
        """Let a paused process run on."""
        for member in self._family(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.resume()
        self._paused.discard(name)

    def restart(self, *names: str, wait: bool = True) -> None:
        """Start processes again, after stopping those that run, and `wait` until they are ready."""
        for name in names:
            if name in self._paused:
                self.resume(name)
            self.supervisor.restart(name)
        if wait:
            self.supervisor.wait_ready(names, START_WITHIN)

    def kill_backend(self, service: str, *, in_transaction: bool = False) -> bool:
        """kill -9 of one of the processes that serve the clients of a PostgreSQL; the others crash with it.

        Args:
            in_transaction: of one whose client has a transaction open and is silent.

        Returns:
            whether there was one.
        """
        serving = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = %s"
        if in_transaction:
            serving += " AND state = 'idle in transaction'"
        try:
            with self.layout.postgres[service].connect() as connection:
                found = connection.execute(f"{serving} LIMIT 1".encode(), [service, service]).fetchone()
            if found:
                psutil.Process(found[0]).kill()
        except (psycopg.OperationalError, psutil.NoSuchProcess):  # another fault was faster
            return False
        return found is not None

    def start_migration(self, service: str) -> subprocess.Popen[bytes]:
        """A service's migration, past the links; `heal` waits for the last one of each service, or repeats it."""
        env = {**os.environ, **self.layout.administration(service)}
        log = self.state.logs / f"{service}-migrate-again.log"
        process = migration.start(layout.python(f"gamedesk_{service}", "migrate"), env, log)
        self._migrations[service] = process
        return process

    def set_clock(self, name: str, seconds: int) -> None:
        """Start a process again with its clock off by so much (0: right). Raises FileNotFoundError: no libfaketime."""
        env = self._env(name)
        for variable in ("LD_PRELOAD", "FAKETIME", "DONT_FAKE_MONOTONIC"):
            env.pop(variable, None)
        if seconds:
            env.update(LD_PRELOAD=faketime(), FAKETIME=f"{seconds:+d}", DONT_FAKE_MONOTONIC="1")
        self.restart(name, wait=False)

    def set_environment(self, name: str, variables: dict[str, str]) -> None:
        """Change what a process finds in its environment when it is next started."""
        self._env(name).update(variables)

    def heal(self) -> None:
        """Every link straight, every process up and running, every clock right, no failpoint armed, all migrated."""
        self.links.straighten()
        for name in list(self._paused):
            self.resume(name)
        for program in self._processes:
            for armed in self.layout.failpoints(program).glob("*"):
                armed.unlink(missing_ok=True)
        for tier in sorted({process.tier for process in self._processes.values()}):
            ill = [name for name, process in self._processes.items() if process.tier == tier and self._is_ill(name)]
            for name in ill:
                self._env(name).pop("LD_PRELOAD", None)
            self.restart(*ill)
        self.supervisor.wait_ready(self._processes, START_WITHIN)
        while self._migrations:
            service, process = self._migrations.popitem()
            if process.wait(START_WITHIN):
                self.command(service, "migrate")

    def settle(self, timeout: float = 60.0) -> float:
        """Wait until no event waits in an outbox and none in a stream, and no stream for what it lost; the seconds it
        took. Raises NotSettled (I3)."""
        started = time.monotonic()
        while left := self.unsettled():
            if time.monotonic() - started > timeout:
                raise NotSettled(f"after {timeout:.0f} s: {', '.join(left)}")
            time.sleep(POLL)
        return time.monotonic() - started

    def unsettled(self) -> list[str]:
        """What waits: "players: 3 unpublished", "PLAYERS lost events …", "tickets-players: 5 pending"."""
        url = f"http://{system.LOOPBACK}:{self.layout.monitoring}/jsz?accounts=true&streams=true&consumers=true"
        try:
            streams = jetstream.by_name(httpx.get(url, timeout=5, trust_env=False).json())
        except httpx.HTTPError as error:
            return [f"nats: {type(error).__name__}"]
        left = []
        for name, url in self.admin_databases.items():
            try:
                with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
                    row = connection.execute("SELECT count(*) FROM outbox WHERE published_at IS NULL").fetchone()
                    mark = connection.execute("SELECT created, last_seq FROM relay_mark").fetchone()
            except psycopg.Error as error:
                left.append(f"{name}: {type(error).__name__}")
                continue
            if row and row[0]:
                left.append(f"{name}: {row[0]} unpublished")
            if mark and not jetstream.is_whole(streams.get(name.upper()), *mark):
                left.append(f"{name.upper()} lost events, and its owner has not filled it yet")
        return left + self._pending(streams.values())

    def migrate(self) -> None:
        """Bring all databases to the newest revision, make the streams and consumers that are missing."""
        with ThreadPoolExecutor(len(layout.SERVICES)) as pool:
            list(pool.map(lambda service: self.command(service.name, "migrate"), layout.SERVICES))

    def command(self, service: str, *arguments: str, stdin: str = "") -> str:
        """Run `python -m gamedesk_<service> …` past the links; what it printed. Raises CommandFailed."""
        env = self.layout.administration(service)
        return self._tools.run_module(f"gamedesk_{service}", *arguments, env=env, stdin=stdin)

    def declarations(self) -> list[JetStreamDeclaration]:
        """What each service publishes to and listens to."""
        files = REPOSITORY / "services"
        names = [service.name for service in layout.SERVICES]
        return [load_declaration(files / name / "src" / f"gamedesk_{name}" / "jetstream.yaml") for name in names]

    def usage(self) -> dict[str, tuple[int, int]]:
        """Process → (resident bytes, open files), its children included."""
        used = {}
        for name in self._processes:
            resident = files = 0
            for member in self._family(name):
                with contextlib.suppress(psutil.Error):
                    resident += member.memory_info().rss
                    files += member.num_fds()
            used[name] = (resident, files)
        return used

    def _start_infrastructure(self) -> None:
        system.database_account()  # before several want it at once
        with ThreadPoolExecutor() as pool:
            keys = pool.submit(self._tools.make_keys)
            list(pool.map(lambda server: server.prepare(), self.layout.postgres.values()))
            self._run(self.layout.infrastructure())
            for name, server in self.layout.postgres.items():
                server.ensure_database(name, self.state.secret(f"db-{name}"))
            keys.result()
        self.migrate()

    def _run(self, processes: list[Process]) -> None:
        self._processes.update({process.name: process for process in processes})
        for process in processes:
            self.layout.failpoints(process.name).mkdir(parents=True, exist_ok=True)
        self.supervisor.start(processes)
        self.supervisor.wait_ready([process.name for process in processes], START_WITHIN)

    def _hire(self) -> None:
        """The first administrator, and agents of two teams."""
        (first, role), *others = STAFF
        password = self.state.secret("agents")
        self.command("players", "create-admin", first, "--password-stdin", stdin=f"{password}\n")
        self.agents = [Agent(first, password, role)]
        desk = Desk(self.gateways[0])
        try:
            desk.sign_in(first, password)
            for agent_id, role in others:
                team = "A" if agent_id.startswith("KF1") else "B"
                body = {"agent_id": agent_id, "name": agent_id, "role": role, "team": team, "password": password}
                desk.post(
                    "/agents", body | {"wechat_id": f"wx_{agent_id}", "wechat_name": agent_id}, f"hire-{agent_id}"
                )
                self.agents.append(Agent(agent_id, password, role))
        finally:
            desk.close()

    def _pending(self, streams: Iterable[jetstream.Stream]) -> list[str]:
        consumers = {each["name"]: each for stream in streams for each in stream.get("consumer_detail") or []}
        left = []
        for durable in self._durables():
            waits = consumers.get(durable)
            if waits is None:
                left.append(f"{durable}: there is no such consumer")
            elif waits["num_pending"] + waits["num_ack_pending"]:
                left.append(f"{durable}: {waits['num_pending'] + waits['num_ack_pending']} pending")
        return left

    def _durables(self) -> list[str]:
        return [listen.durable for each in self.declarations() for listen in each.listens]

    def _is_ill(self, name: str) -> bool:
        return self.supervisor.pid(name) is None or "LD_PRELOAD" in self._processes[name].env

    def _env(self, name: str) -> dict[str, str]:
        env = self._processes[name].env
        assert isinstance(env, dict)
        return env

    def _family(self, name: str) -> list[psutil.Process]:
        pid = self.supervisor.pid(name)
        try:
            return [] if pid is None else [(process := psutil.Process(pid)), *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def faketime() -> str:
    """The library that sets a process's clock off. Raises FileNotFoundError, with the package that brings it."""
    for path in FAKETIME:
        if Path(path).exists():
            return path
    raise FileNotFoundError("libfaketime is not installed, clocks cannot be set off: apt-get install libfaketime")
