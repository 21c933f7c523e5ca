"""One compose project of its own: other name, other ports, nothing left behind."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gamedesk_local.system import free_port

ROOT = Path(__file__).resolve().parents[2]
FILES = ("docker-compose.yml", "deploy/compose/test.yml")
START_WITHIN = 600.0  # seconds, images to be built included


def run(*command: str, stdin: str = "", check: bool = True, env: dict[str, str] | None = None) -> str:
    """Run a command in the repository; gives what it printed. Raises AssertionError with its last lines."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=START_WITHIN,
        check=False,
    )
    assert not check or result.returncode == 0, f"{' '.join(command)}\n{(result.stdout + result.stderr)[-4000:]}"
    return result.stdout


@dataclass(frozen=True)
class Stack:
    """A project; `compose` is `docker compose` within it."""

    name: str = field(default_factory=lambda: f"gamedesk-test-{secrets.token_hex(3)}")
    port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    profiles: tuple[str, ...] = ("demo",)

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        """Where the simulated games answer."""
        return f"http://127.0.0.1:{self.simulator_port}"

    def compose(self, *arguments: str, stdin: str = "", check: bool = True) -> str:
        """Run `docker compose …`; gives what it printed."""
        files = [part for file in FILES for part in ("-f", file)]
        profiles = [part for profile in self.profiles for part in ("--profile", profile)]
        env = {
            "GAMEDESK_PORT": str(self.port),
            "GAMEDESK_SIMULATOR_PORT": str(self.simulator_port),
            "GAMEDESK_DEMO_PASSWORD": self.password,
            "GAMEDESK_HOME_DEADLINE": "5",
        }
        command = ("docker", "compose", "-p", self.name, *files, *profiles, *arguments)
        return run(*command, stdin=stdin, check=check, env=env)

    def containers(self, *services: str) -> list[str]:
        """Ids of the services' containers, stopped ones too."""
        return self.compose("ps", "-aq", *services).split()

    def exit_code(self, service: str) -> int:
        """Wait for the end of a service that has one."""
        (container,) = self.containers(service)
        return int(run("docker", "wait", container))

    def state(self, service: str) -> dict[str, Any]:
        """What Docker says of a service's only container: its State, and RestartCount."""
        (container,) = self.containers(service)
        (description,) = json.loads(run("docker", "inspect", container))
        return {**description["State"], "RestartCount": description["RestartCount"]}


@contextmanager
def started(stack: Stack) -> Iterator[Stack]:
    """The project, started (images are built when their units have changed) and always taken away with its data."""
    try:
        stack.compose("build", "--quiet")
        stack.compose("up", "--detach", "--no-build")
        yield stack
    except BaseException:
        sys.stderr.write(stack.compose("ps", "-a", check=False) + stack.compose("logs", "--tail", "30", check=False))
        raise
    finally:
        stack.compose("down", "--volumes", "--timeout", "5", check=False)
