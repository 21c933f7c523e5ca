"""A small supervisor: starts processes, waits until they are ready, restarts those that crash, stops them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gamedesk_local.errors import LocalError, SettingsRefused
from gamedesk_local.leftovers import Record

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds between a crash and the restart, doubling
CALM = 60.0  # seconds of life after which an earlier crash is forgotten
CRASHES_AT_START = 3  # a process that ends this often before it is ready will not get better
REFUSALS = (2, 4)  # exit codes of a program that does not take its settings; 4 is gunicorn's
LOG_LIMIT = 20_000_000  # bytes; then the log is set aside at the next start
POLL = 0.05

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Process:
    """What runs, and how one knows that it is ready.

    Processes of a lower tier are started before and stopped after those of a higher one.
    """

    name: str
    command: list[str]
    ready: Callable[[], bool]
    tier: int
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    account: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 25.0


@dataclass
class _Life:
    process: Process
    popen: subprocess.Popen[bytes]
    started: float
    crashes: int = 0
    restart_at: float | None = None  # it has crashed and waits for its restart
    held_down: bool = False  # killed on purpose, or not worth another start
    was_ready: bool = False
    refused: bool = False  # it has said that its settings will not do


class Supervisor:
    """Runs processes, each in a session of its own, so that Ctrl-C reaches only us.

    Args:
        logs: folder; each process writes to `<name>.log`.
        record: where the running pids are written, for a later instance to clear up after us.
        say: gets one sentence about everything that happens by itself.
    """

    def __init__(self, logs: Path, record: Path, say: Say) -> None:
        self._logs = logs
        self._record = Record(record)
        self._say = say
        self._lives: dict[str, _Life] = {}
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self, processes: Iterable[Process]) -> None:
        """Start them all, without waiting."""
        with self._lock:
            for process in processes:
                self._lives[process.name] = _Life(process, self._spawn(process), time.monotonic())
            self._write_record()
        if self._watcher is None:
            self._ending.clear()
            self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
            self._watcher.start()

    def wait_ready(self, names: Iterable[str], within: float) -> None:
        """Wait until each of them is ready.

        Raises:
            SettingsRefused: one refuses its settings; it is not started again.
            LocalError: one keeps ending, or is not ready in time; with the last lines of its log.
        """
        waiting = list(names)
        deadline = time.monotonic() + within
        while waiting:
            waiting = [name for name in waiting if not self.is_ready(name)]
            for name in waiting:
                if self._lives[name].refused:
                    raise SettingsRefused(name, self.log_tail(name), self.log_of(name))
                crashes = self._lives[name].crashes
                if crashes >= CRASHES_AT_START or time.monotonic() > deadline:
                    what = "keeps ending" if crashes else f"is not ready after {within:.0f} s"
                    raise LocalError(f"{name} {what}:\n{self.log_tail(name)}", f"Its log: {self.log_of(name)}")
            if waiting:
                time.sleep(POLL)

    def is_ready(self, name: str) -> bool:
        """Whether it runs and says that it is ready."""
        life = self._lives[name]
        ready = life.popen.poll() is None and life.process.ready()
        life.was_ready = life.was_ready or ready
        return ready

    def pid(self, name: str) -> int | None:
        """Its pid, None when it is down."""
        life = self._lives.get(name)
        return life.popen.pid if life and life.popen.poll() is None else None

    def kill(self, name: str) -> None:
        """End it and its children at once, as a fault would, and keep it down until `restart`."""
        with self._lock:
            life = self._lives[name]
            life.held_down = True
            _signal_group(life.popen, signal.SIGKILL)
            life.popen.wait()
            self._write_record()

    def restart(self, name: str) -> None:
        """Start it again, after stopping it if it runs."""
        with self._lock:
            life = self._lives[name]
            life.held_down = True
            self._stop([life])
            self._lives[name] = _Life(life.process, self._spawn(life.process), time.monotonic())
            self._write_record()

    def stop_all(self) -> None:
        """Stop everything, the highest tier first; what does not end in time is killed."""
        if not self._lives:
            return
        self._ending.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        for tier in sorted({life.process.tier for life in self._lives.values()}, reverse=True):
            self._stop([life for life in self._lives.values() if life.process.tier == tier])
        self._lives.clear()
        self._record.clear()

    def log_of(self, name: str) -> Path:
        """The log file of a process."""
        return self._logs / f"{name}.log"

    def log_tail(self, name: str, lines: int = 8) -> str:
        """The last lines of its log."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join(self.log_of(name).read_text(errors="replace").splitlines()[-lines:])
        return ""

    def _stop(self, lives: list[_Life]) -> None:
        for life in lives:
            if life.popen.poll() is None:
                life.popen.send_signal(life.process.stop_signal)
        for life in lives:
            try:
                life.popen.wait(life.process.stop_within)
            except subprocess.TimeoutExpired:
                self._say(f"{life.process.name} did not stop within {life.process.stop_within:.0f} s: killed")
            _signal_group(life.popen, signal.SIGKILL)  # also children that outlived it
            life.popen.wait()

    def _spawn(self, process: Process) -> subprocess.Popen[bytes]:
        log = self.log_of(process.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            return subprocess.Popen(
                process.command,
                env={**os.environ, **process.env},
                user=process.account,
                group=process.account,
                extra_groups=[] if process.account else None,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _watch(self) -> None:
        while not self._ending.wait(POLL):
            with self._lock:
                for life in list(self._lives.values()):
                    if not life.held_down:
                        self._look_after(life)

    def _look_after(self, life: _Life) -> None:
        now = time.monotonic()
        if life.restart_at is not None:
            if now >= life.restart_at:
                life.popen, life.started, life.restart_at = self._spawn(life.process), now, None
                self._write_record()
        elif life.popen.poll() in REFUSALS and not life.was_ready:
            life.held_down = life.refused = True
            self._say(f"{life.process.name} refuses its settings; its log: {self.log_of(life.process.name)}")
        elif life.popen.poll() is not None:
            life.crashes = 1 if now - life.started > CALM else life.crashes + 1
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (life.crashes - 1))
            life.restart_at = now + delay
            _signal_group(life.popen, signal.SIGKILL)
            name, code = life.process.name, life.popen.returncode
            self._say(f"{name} ended ({_reason(code)}); starting it again in {delay:g} s, its log: {self.log_of(name)}")

    def _write_record(self) -> None:
        alive = [life for life in self._lives.values() if life.popen.poll() is None]
        self._record.write({life.process.name: life.popen.pid for life in alive})


def _signal_group(popen: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    # The group's number is the first process's pid; it stays taken while any member lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, sign)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
