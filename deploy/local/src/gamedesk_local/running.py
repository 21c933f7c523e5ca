"""up, down and status: one running instance per state folder."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gamedesk_local import first_start, health, leftovers
from gamedesk_local.console_build import ConsoleBuild
from gamedesk_local.errors import LocalError
from gamedesk_local.layout import INFRASTRUCTURE, Layout
from gamedesk_local.processes import Process, Say
from gamedesk_local.product import Product
from gamedesk_local.state import State

STOP_WITHIN = 120.0  # seconds
POLL = 0.1
DEFAULT_PORT = 8000
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Options:
    """What `up` was asked for."""

    port: int | None = None  # None: nobody chose one
    build_console: bool = True
    demo_data: bool = True


@dataclass(frozen=True)
class Row:
    """One line of `status`."""

    name: str
    pid: int | None
    port: int | None
    why: str | None  # it is not ready; None: it is

    @property
    def ready(self) -> bool:
        return self.why is None


class _Stop(BaseException):
    """We were told to stop; not an error, so no `except Exception` on the way swallows it."""


def run(state: State, options: Options, say: Say) -> None:
    """Start everything, stay until told to stop (SIGINT, SIGTERM, SIGHUP), stop everything.

    Raises:
        LocalError: it runs already, or cannot be started.
    """
    refuse_a_second(state, options.port)
    product = Product(state.folder, ports=options.port or DEFAULT_PORT, say=say)
    with _stop_signals():
        try:
            product.start_infrastructure()
            if options.build_console:
                ConsoleBuild(state, say).build()
            product.start_programs()
            first_start.prepare(product, demo_data=options.demo_data, say=say)
            print(first_start.welcome(product, in_terminal=sys.stdin.isatty()), flush=True)
            state.ready.write_text(str(os.getpid()))
            threading.Event().wait()
        except _Stop:
            say("stopping")
        finally:
            _ignore_signals()
            if _is_ready(state, os.getpid()):
                state.ready.unlink()
            product.stop()
            say("stopped; the data are kept")


def start_detached(state: State, options: Options, arguments: Sequence[str]) -> None:
    """Start `up` in the background, show what it says until it is ready, and leave it running.

    Raises:
        LocalError: it runs already, or it ended instead.
    """
    refuse_a_second(state, options.port)  # here, because its log must not be replaced
    state.make()
    state.ready.unlink(missing_ok=True)  # an earlier start's, who may have had the pid that this one gets
    log = state.logs / "gamedesk.log"
    command = [sys.executable, "-P", "-m", "gamedesk_local", *(part for part in arguments if part != "--detach")]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    with log.open() as said:
        while process.poll() is None and not _is_ready(state, process.pid):
            print(said.read(), end="", flush=True)
            time.sleep(POLL)
        print(said.read(), end="", flush=True)
    if process.poll() is not None:
        raise LocalError("GameDesk did not start.", f"All it said: {log}")
    print(f"GameDesk runs in the background (pid {process.pid}). End it with: ./gamedesk down")


def address(state: State) -> str | None:
    """Where the running instance answers; None when there is none, or it has not started yet."""
    pid = state.instance()
    return f"{Layout(state).url('gateway')}/" if pid is not None and _is_ready(state, pid) else None


def refuse_a_second(state: State, port: int | None) -> None:
    """Raise LocalError when an instance runs: where, and that the `port` that was asked for does not count."""
    pid = state.instance()
    if pid is None:
        return
    where = address(state)
    at = f" at {where}" if where else "; it is not ready, or it is busy with a backup or restore"
    ignored = "" if port is None else f"\n--port {port} was ignored: to move it, end it first."
    raise LocalError(
        f"GameDesk is already running{at} (pid {pid}).{ignored}", "See it: ./gamedesk status. End it: ./gamedesk down"
    )


def stop(state: State, say: Say) -> None:
    """End the running instance and wait for it; clear up what an earlier one has left.

    Raises:
        LocalError: it does not end.
    """
    pid = state.instance()
    if pid is not None:
        say(f"asking GameDesk (pid {pid}) to stop")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        while state.instance() == pid:
            if time.monotonic() > deadline:
                raise LocalError(f"GameDesk (pid {pid}) does not stop.", f"Kill it, then run this again: kill -9 {pid}")
            time.sleep(POLL)
    left = leftovers.clear_up(state) if state.folder.exists() else []
    if left:
        say(f"stopped what an earlier start had left: {', '.join(left)}")
    say("GameDesk is stopped; its data are kept" if pid or left else "GameDesk was not running")


def status(state: State) -> list[Row]:
    """Every process of the product, running or not."""
    if not state.folder.exists():
        return []
    layout = Layout(state)
    alive = leftovers.Record(state.processes).alive()
    rows = []
    for process in (*layout.infrastructure(), *layout.programs()):
        found = alive.get(process.name)
        why = _why_not_ready(process) if found else "does not run"
        rows.append(Row(process.name, found.pid if found else None, process.port, why))
    return rows


def _why_not_ready(process: Process) -> str | None:
    if process.ready():
        return None
    failing = {}
    if process.port is not None and process.tier != INFRASTRUCTURE:  # those speak no HTTP
        failing = health.failing(process.port)
    return ", ".join(f"{check}: {reason}" for check, reason in failing.items()) or "does not answer"


def _is_ready(state: State, pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return state.ready.read_text() == str(pid)
    return False


@contextmanager
def _stop_signals() -> Iterator[None]:
    def told(_signal: int, _frame: object) -> None:
        raise _Stop

    before = {number: signal.signal(number, told) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """Stopping takes a few seconds; an impatient second Ctrl-C must not leave half of it running."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
