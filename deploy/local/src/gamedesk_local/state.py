"""The state folder: everything that GameDesk keeps on this machine, and nothing anywhere else."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from gamedesk_local import system
from gamedesk_local.errors import LocalError

REPOSITORY = Path(__file__).resolve().parents[4]


def state_folder() -> Path:
    """GAMEDESK_HOME, or `.gamedesk` in the repository."""
    return Path(os.environ.get("GAMEDESK_HOME") or REPOSITORY / ".gamedesk").resolve()


class State:
    """Paths, ports and passwords; ports and passwords are chosen when first asked for, and remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.attachments = self.data / "attachments"
        self.keys = self.folder / "keys"
        self.logs = self.folder / "logs"
        self.run = self.folder / "run"
        self.signing_key = self.keys / "signing.jwk.json"
        self.jwks = self.keys / "jwks.json"
        self.session_key = self.keys / "session.key"
        self.games = self.folder / "games.yaml"
        self.erasures = self.folder / "erasures.jsonl"  # while a restore is under way
        self.restored = self.folder / "restored"  # from the begin of a restore to the next start
        self.processes = self.run / "processes.json"
        self.ready = self.run / "ready"  # the pid of the instance that is
        self._ports = self.folder / "ports.json"
        self.secrets = self.folder / "secrets.json"

    def make(self) -> None:
        """Make the folders. Raises LocalError when the place cannot be written."""
        try:
            for folder in (self.folder, self.data, self.attachments, self.keys, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True)
            for private in (self.attachments, self.keys, self.logs, self.run):
                private.chmod(0o700)
        except OSError as error:
            raise LocalError(
                f"{error.filename} cannot be written: {error.strerror}.",
                "Make it yours, or set GAMEDESK_HOME to a folder of yours.",
            ) from None

    def close_secrets(self) -> list[Path]:
        """Take from others the right to read files of secrets; returns those that lay open (after a copy, say)."""
        files = [self.secrets, *(file for file in self.keys.rglob("*") if file != self.jwks)]
        opened = [file for file in files if file.is_file() and file.stat().st_mode & 0o077]
        for file in opened:
            file.chmod(0o600)
        return opened

    def port(self, name: str) -> int:
        """The remembered port of a process; chosen among the free ones when there is none yet."""
        ports = read_json(self._ports)
        if name not in ports:
            taken = set(ports.values())
            choice = system.free_port()
            while choice in taken:
                choice = system.free_port()
            ports[name] = choice
            system.write_private(self._ports, json.dumps(ports, indent=1))
        return int(ports[name])

    def set_port(self, name: str, port: int) -> None:
        """Remember a port that a person chose."""
        system.write_private(self._ports, json.dumps({**read_json(self._ports), name: port}, indent=1))

    def forget_taken_ports(self) -> list[str]:
        """Forget the ports that another program has taken since; returns whose they were."""
        ports = read_json(self._ports)
        taken = [name for name, port in ports.items() if system.port_is_taken(int(port))]
        if taken:
            kept = {name: port for name, port in ports.items() if name not in taken}
            system.write_private(self._ports, json.dumps(kept, indent=1))
        return taken

    def secret(self, name: str) -> str:
        """The remembered password called `name`; letters and digits, safe in addresses and configurations."""
        known = read_json(self.secrets)
        if name not in known:
            known[name] = f"s{secrets.token_hex(20)}"  # a letter first: NATS would read digits as a number
            system.write_private(self.secrets, json.dumps(known, indent=1))
        return str(known[name])

    def known_secret(self, name: str) -> str | None:
        """The remembered password called `name`, None when there is none yet."""
        known = read_json(self.secrets).get(name)
        return None if known is None else str(known)

    def set_secret(self, name: str, value: str) -> None:
        """Remember a password that was chosen elsewhere."""
        system.write_private(self.secrets, json.dumps({**read_json(self.secrets), name: value}, indent=1))

    def forget_secret(self, name: str) -> None:
        """Forget a password that opens nothing."""
        rest = {known: value for known, value in read_json(self.secrets).items() if known != name}
        system.write_private(self.secrets, json.dumps(rest, indent=1))

    @contextmanager
    def only_one(self) -> Iterator[None]:
        """Hold the state folder for one running instance. Raises LocalError when another one holds it."""
        self.make()
        with (self.run / "instance.lock").open("a+") as file:
            if not _locked(file, fcntl.LOCK_EX, tries=5):
                raise LocalError(
                    f"GameDesk is already running on {self.folder} (pid {self.instance() or 'unknown'}).",
                    "See it: ./gamedesk status. End it: ./gamedesk down",
                )
            self.ready.unlink(missing_ok=True)  # an earlier instance's, who may have had our pid
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def instance(self) -> int | None:
        """The pid of the instance that holds the state folder, None when there is none.

        The lock decides, not the number in the file: a pid left behind may belong to a stranger by now.
        """
        try:
            with (self.run / "instance.lock").open() as file:
                if _locked(file, fcntl.LOCK_SH, tries=1):
                    return None
                text = file.read().strip()
        except FileNotFoundError:
            return None
        return int(text) if text.isdecimal() else None


def _locked(file: IO[str], mode: int, tries: int) -> bool:
    """Several tries: someone who only asks holds the lock for a moment too."""
    for _ in range(tries):
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when the file is missing. Raises LocalError when it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise LocalError(f"{path} is damaged.", "Restore it from a backup, or delete the state folder to start afresh.")
    return content
