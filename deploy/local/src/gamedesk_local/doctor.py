"""Is this machine fit, and is what it keeps consistent? Every finding comes with the way out."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gamedesk_local import browser, leftovers, system
from gamedesk_local.console_build import node_folder
from gamedesk_local.errors import LocalError
from gamedesk_local.layout import Layout
from gamedesk_local.postgres import BINARIES
from gamedesk_local.running import DEFAULT_PORT, address
from gamedesk_local.state import State

ROOM = 1_000_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `serious` findings keep GameDesk from working."""

    subject: str
    fine: bool
    text: str
    way_out: str = ""
    serious: bool = True


def examine(state: State, port: int | None = None) -> Iterator[Finding]:
    """Run every check, one after the other; without `port` for that of the running instance, or else of `up`."""
    for subject, check in CHECKS.items():
        try:
            yield check(state, port)
        except LocalError as error:
            yield Finding(subject, False, error.sentence, error.way_out)


def _interpreter(_state: State, _port: int | None) -> Finding:
    version = platform.python_version()
    fine = (3, 11) <= sys.version_info[:2] <= (3, 13)
    way_out = "Install Python 3.11, 3.12 or 3.13 and run ./gamedesk up with it."
    return Finding("interpreter", fine, f"Python {version}, {sys.executable}", "" if fine else way_out)


def _servers(_state: State, _port: int | None) -> Finding:
    missing = [str(path) for path in (BINARIES / "postgres", BINARIES / "initdb") if not path.exists()]
    system.script("nats-server")
    text = f"missing: {', '.join(missing)}" if missing else "PostgreSQL and nats-server are installed"
    return Finding("servers", not missing, text, "Delete .gamedesk/venv and run ./gamedesk up.")


def _node(_state: State, _port: int | None) -> Finding:
    node = node_folder() / "bin" / "node"
    return Finding("node", os.access(node, os.X_OK), f"{node}", "Delete .gamedesk/venv and run ./gamedesk up.")


def _disk(state: State, _port: int | None) -> Finding:
    free = shutil.disk_usage(state.folder).free
    way_out = "Make room, or set GAMEDESK_HOME to a folder on a larger disk."
    return Finding("disk", free > ROOM, f"{free / 1e9:.1f} GB free under {state.folder}", way_out)


def _permissions(state: State, _port: int | None) -> Finding:
    foreign = [path for path in (state.folder, state.run, state.logs) if not os.access(path, os.W_OK)]
    open_to_all = [path for path in state.keys.glob("*") if path.is_file() and _is_a_secret_others_read(path)]
    if foreign:
        names = ", ".join(map(str, foreign))
        return Finding("permissions", False, f"cannot be written: {names}", f"sudo chown -R $USER {state.folder}")
    names = ", ".join(map(str, open_to_all))
    text = f"others can read {names}" if open_to_all else "the state folder is ours, the keys are private"
    return Finding("permissions", not open_to_all, text, f"chmod 600 {names}")


def _is_a_secret_others_read(path: Path) -> bool:
    return path.name != "jwks.json" and bool(path.stat().st_mode & 0o077)


def _ports(state: State, wanted: int | None) -> Finding:
    ours = state.port("gateway") if address(state) else None
    port = wanted or ours or DEFAULT_PORT
    if port == ours:
        return Finding("ports", True, f"port {port} is ours")
    if not system.port_is_taken(port):
        return Finding("ports", True, f"port {port} is free")
    who = system.who_listens(port) or "another program"
    return Finding("ports", False, f"port {port} is in use by {who}", f"./gamedesk up --port {port + 1}", False)


def _leftovers(state: State, _port: int | None) -> Finding:
    found = (*leftovers.Record(state.processes).alive().values(), *leftovers.servers_on(state.data))
    left = set() if state.instance() else {process.pid for process in found}
    text = f"{len(left)} processes of an earlier start still run" if left else "no process without its supervisor"
    return Finding("leftovers", not left, text, "./gamedesk down", False)


def _state(state: State, _port: int | None) -> Finding:
    layout = Layout(state)  # reads ports and passwords
    if not layout.postgres.data.exists():
        return Finding("state", True, "no data yet")
    version = (layout.postgres.data / "PG_VERSION").read_text().strip()
    keys = (state.signing_key, state.jwks, state.session_key, state.games)
    missing = [path.name for path in keys if not path.exists()]
    if missing:
        text = f"there is a database, but these are missing: {', '.join(missing)}"
        way_out = "Restore them from a backup; without one, ./gamedesk up makes new ones and everybody signs in again."
        return Finding("state", False, text, way_out, False)
    way_out = "Take a backup with the version that made it, then restore it with this one."
    return Finding("state", version == "18", f"data of PostgreSQL {version}", way_out)


def _chromium(_state: State, _port: int | None) -> Finding:
    found = browser.find()
    way_out = f"Only for the browser tests. Debian: sudo {browser.INSTALL}"
    return Finding("chromium", found is not None, found or "none on the PATH", way_out, False)


def _fonts(_state: State, _port: int | None) -> Finding:
    fine = browser.has_chinese_font()
    text = "there are Chinese glyphs" if fine else "no font with Chinese glyphs: screenshots would show boxes"
    return Finding("fonts", fine, text, f"Debian: sudo {browser.INSTALL}", False)


CHECKS: dict[str, Callable[[State, int | None], Finding]] = {
    "interpreter": _interpreter,
    "servers": _servers,
    "node": _node,
    "disk": _disk,
    "permissions": _permissions,
    "ports": _ports,
    "leftovers": _leftovers,
    "state": _state,
    "chromium": _chromium,
    "fonts": _fonts,
}
