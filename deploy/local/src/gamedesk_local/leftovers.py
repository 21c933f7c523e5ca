"""What runs, written down, so that a later start can clear up after one that was killed."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from gamedesk_local import system
from gamedesk_local.state import State, read_json

SERVERS = ("postgres", "nats-server")
PATIENCE = 20.0  # seconds between asking a leftover process to end and killing it


def servers_on(folder: Path) -> list[psutil.Process]:
    """The PostgreSQL and NATS servers that run on a folder, whoever started them."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] in SERVERS and any(str(folder) in part for part in process.info["cmdline"] or ()):
            found.append(process)
    return found


class Record:
    """A file of names, pids and the moments the processes were created: a pid alone may have been reused."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, pids: Mapping[str, int]) -> None:
        """Replace what is recorded."""
        entries = {}
        for name, pid in pids.items():
            try:
                entries[name] = {"pid": pid, "created": psutil.Process(pid).create_time()}
            except psutil.Error:
                continue  # it has just ended
        system.write_private(self._path, json.dumps(entries, indent=1))

    def clear(self) -> None:
        """Forget everything."""
        self._path.unlink(missing_ok=True)

    def alive(self) -> dict[str, psutil.Process]:
        """The recorded processes that still run, in the order they were started in."""
        alive = {}
        for name, entry in read_json(self._path).items():
            try:
                process = psutil.Process(int(entry["pid"]))
                same = abs(process.create_time() - float(entry["created"])) < 1
                if same and _is_alive(process):
                    alive[name] = process
            except psutil.NoSuchProcess:
                continue
        return alive

    def stop(self) -> list[str]:
        """Stop what is left of an earlier instance, the last started first; returns the names."""
        alive = self.alive()
        for process in reversed(alive.values()):
            end(process)
        self.clear()
        return list(alive)


def end(process: psutil.Process) -> None:
    """Ask a process to end, and after a while make it and its children end."""
    try:
        family = [process, *process.children(recursive=True)]
        # SIGINT is PostgreSQL's fast shutdown; at SIGTERM it would wait for its clients
        process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    except psutil.NoSuchProcess:
        return
    for member in _alive_after(family, PATIENCE):
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    _alive_after(family, PATIENCE)


def _alive_after(family: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended; those that have not. One whose death nobody has taken note of yet has ended too."""
    deadline = time.monotonic() + seconds
    alive = family
    while alive := [process for process in alive if _is_alive(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return alive


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def clear_up(state: State) -> list[str]:
    """Stop whatever of an earlier instance still runs; returns the names. The instance itself must have ended."""
    stopped = Record(state.processes).stop()
    for server in servers_on(state.data):  # a record may have been lost
        stopped.append(server.info["name"])
        end(server)
    return stopped
