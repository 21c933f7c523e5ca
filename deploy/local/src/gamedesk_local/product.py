"""The whole product on this machine: started, stopped, and harmed for tests."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

from gamedesk_local import leftovers, system
from gamedesk_local.errors import CommandFailed, LocalError, SettingsRefused
from gamedesk_local.layout import SERVICES, Layout, parts_of, python, source_digest
from gamedesk_local.processes import Process, Say, Supervisor
from gamedesk_local.state import State
from gamedesk_local.stream_keeper import StreamKeeper, missing_streams, workers_ready

START_WITHIN = 90.0  # seconds
TASK_WITHIN = 300.0


def _quiet(_sentence: str) -> None:
    pass


class Product:
    """Starts, stops and harms the whole product; every address is on the loopback interface.

    Args:
        state_dir: where it keeps everything; a folder of its own for each instance.
        ports: the gateway's port, or "free" for one chosen once and remembered.
        say: gets one sentence per step and per event.
    """

    def __init__(self, state_dir: Path | str, *, ports: int | Literal["free"] = "free", say: Say = _quiet) -> None:
        self.state = State(Path(state_dir))
        self.state.make()
        self._gateway_port = ports
        self._say = say
        self._supervisor = Supervisor(self.state.logs, self.state.processes, say)
        self._held = ExitStack()
        self._keeper: StreamKeeper | None = None

    @property
    def layout(self) -> Layout:
        """The table of processes, with the ports as they are remembered now."""
        return Layout(self.state)

    @property
    def gateway_url(self) -> str:
        """Where the console and the public API are."""
        return self.layout.url("gateway")

    @property
    def simulator_url(self) -> str:
        """Where the simulated game server is."""
        return self.layout.url("simulator")

    def start(self) -> None:
        """Start everything and wait until all of it is ready.

        Raises:
            LocalError: it could not be started; whatever had been started is stopped again.
        """
        self.start_infrastructure()
        self.start_programs()

    def start_programs(self) -> None:
        """The second half of `start`: keys, migrations, and everything above the infrastructure."""
        try:
            self.make_keys()
            self._migrate()
            self._follow_restore()
            self._say("starting the services and the gateway")
            self._start(self.layout.programs())
            self._keeper = StreamKeeper(
                partial(missing_streams, self.layout),
                self.make_streams,
                self._say,
                ready=partial(workers_ready, self.layout),
            )
            self._keeper.start()
        except BaseException:
            self.stop()
            raise

    def start_infrastructure(self) -> None:
        """Start PostgreSQL, with a database and a role per service, and NATS; nothing above them."""
        self._held.enter_context(self.state.only_one())
        try:
            left = leftovers.clear_up(self.state)
            if left:
                self._say(f"an earlier start ended without stopping {', '.join(left)}: stopped now")
            for file in self.state.close_secrets():
                self._say(f"{file} could be read by others: it is yours alone now (mode 600)")
            self._choose_ports()
            self._say("starting PostgreSQL and NATS")
            layout = self.layout
            for folder in layout.postgres.prepare():
                self._say(f"PostgreSQL's account may now pass through {folder} (o+x): it does not run as root")
            self._start(layout.infrastructure())
            for service in SERVICES:
                layout.postgres.ensure_database(service.name, self.state.secret(f"db-{service.name}"))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, in reverse order; the data stay."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None
        self._supervisor.stop_all()
        self._held.close()

    def kill(self, *names: str) -> None:
        """End processes as a fault would; they stay down until `restart`.

        Args:
            names: of processes (`tickets-worker`, `nats`), or of services for both of theirs (`tickets`).
        """
        for name in names:
            for part in parts_of(name):
                self._supervisor.kill(part)

    def restart(self, *names: str) -> None:
        """Start processes again, after stopping them if they run, and wait until they are ready."""
        parts = [part for name in names for part in parts_of(name)]
        for part in parts:
            self._supervisor.restart(part)
        self._supervisor.wait_ready(parts, START_WITHIN)

    def pid(self, process: str) -> int | None:
        """The pid of a process, None when it is down."""
        return self._supervisor.pid(process)

    def run(self, service: str, *arguments: str, stdin: str = "") -> str:
        """Run a one-shot command (`python -m gamedesk_<service> …`) in the service's environment.

        Returns:
            What it printed.

        Raises:
            CommandFailed: it failed, with its last lines.
        """
        row = next(row for row in SERVICES if row.name == service)
        env = self.layout.environment(row, nats_user="admin")
        try:
            return self.run_module(f"gamedesk_{service}", *arguments, env=env, stdin=stdin)
        except CommandFailed as failed:
            entries = {**self.layout.secrets_of(service), "GAMEDESK_NATS_URL": "nats-admin"}
            raise CommandFailed(failed.sentence, self._way_out(failed, entries), failed.exit_code) from None

    def run_module(self, module: str, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
        """Run `python -m module …` to its end; all it says goes into `logs/<module>-<command>.log`.

        Raises:
            CommandFailed: it failed, with its last lines.
        """
        log = self.state.logs / f"{module.removeprefix('gamedesk_')}-{arguments[0]}.log"
        result = subprocess.run(
            python(module, *arguments),
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TASK_WITHIN,
            check=False,
        )
        log.write_text(result.stdout + result.stderr, encoding="utf-8")
        if result.returncode:
            tail = "\n".join((result.stderr or result.stdout).splitlines()[-8:])
            sentence = f"python -m {module} {arguments[0]} failed:\n{tail}"
            raise CommandFailed(sentence, f"All it said: {log}", result.returncode)
        return result.stdout

    def _start(self, processes: list[Process]) -> None:
        self._supervisor.start(processes)
        try:
            self._supervisor.wait_ready([process.name for process in processes], START_WITHIN)
        except SettingsRefused as refused:
            entries = self.layout.secrets_of(refused.process)
            raise LocalError(refused.sentence, self._way_out(refused, entries)) from None

    def _way_out(self, refused: LocalError, entries: Mapping[str, str]) -> str:
        """Nobody has set the variables that are named: say which entry of the file of secrets they come from."""
        named = [
            f"{variable} comes from {entry} in {self.state.secrets}."
            for variable, entry in entries.items()
            if variable in refused.sentence
        ]
        mend = "Delete that entry: the next ./gamedesk up makes a new one."
        return "\n".join([*named, mend] if named else [refused.way_out])

    def _migrate(self) -> None:
        """Migrate all databases and streams, unless neither they nor any source has changed since the last time."""
        # In NATS's folder, so that it is lost with the streams; the database's birth tells a new one apart.
        done = self.state.data / "nats" / "migrated"
        born = (self.state.data / "postgres" / "data" / "PG_VERSION").stat()
        wanted = f"{source_digest()} {born.st_ino} {born.st_mtime_ns}"
        if done.exists() and done.read_text() == wanted:
            return
        self._say("migrating the databases")
        self.make_streams()
        done.write_text(wanted)

    def make_streams(self) -> None:
        """Run `migrate` of every service: besides its database it brings its stream and its consumers up to date."""
        self._of_each("migrate")

    def _follow_restore(self) -> None:
        """After a restore, every owner has to get ahead of what copies have seen."""
        if self.state.restored.exists():
            self._say("telling the services that their databases were put back")
            self._of_each("restored")
            self.state.restored.unlink()

    def _of_each(self, command: str) -> None:
        with ThreadPoolExecutor(len(SERVICES)) as pool:
            list(pool.map(lambda service: self.run(service.name, command), SERVICES))

    def _choose_ports(self) -> None:
        if isinstance(self._gateway_port, int):
            if system.port_is_taken(self._gateway_port):
                who = system.who_listens(self._gateway_port) or "another program"
                raise LocalError(
                    f"Port {self._gateway_port} is in use by {who}.",
                    f"Take another one: ./gamedesk up --port {self._gateway_port + 1}",
                )
            self.state.set_port("gateway", self._gateway_port)
        for name in self.state.forget_taken_ports():
            self._say(f"the port of {name} has been taken by another program: it gets a new one")

    def make_keys(self) -> None:
        """Make the keys and the games' configuration that are missing; existing keys are never replaced."""
        state = self.state
        if not state.session_key.exists():
            system.write_private(state.session_key, secrets.token_urlsafe(32))
        if not (state.signing_key.exists() and state.jwks.exists()):
            self.run_module("gamedesk_players", "make-keys", str(state.keys))
        base = f"{self.simulator_url}/games"
        games = state.games.read_text(encoding="utf-8") if state.games.exists() else f"http://{system.LOOPBACK}:"
        # Written again when the simulated server has moved; one that names real games is left alone.
        if base not in games and f"http://{system.LOOPBACK}:" in games:
            self.run_module("game_server", "make-games", str(state.folder), "--api-base", base, "--rewrite")
