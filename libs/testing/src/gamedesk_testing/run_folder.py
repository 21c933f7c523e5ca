"""The folder of one test run: what the xdist workers share, and what is cleared away after it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from gamedesk_local.leftovers import servers_on
from gamedesk_local.postgres import THROWAWAY_SETTINGS, PostgresServer

PREFIX = "gamedesk-test-"
OWNER = "owner.pid"
PASSWORD = "s7d20c5b8e4f1a93"
# What an autovacuum does, and when, is no test's business: it holds other vacuums back, and plans change with it.
TEST_SETTINGS = {**THROWAWAY_SETTINGS, "autovacuum": "off"}


def make() -> Path:
    """A new folder of ours; first clears away those of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            clear(folder)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / OWNER).write_text(f"{os.getpid()} {psutil.Process().create_time()}")
    return folder


def clear(folder: Path) -> None:
    """End the servers that run on the folder, whoever started them, and delete it."""
    servers = servers_on(folder)
    for process in servers:
        process.kill()  # throw-away data: nothing to shut down for
    psutil.wait_procs(servers, timeout=10)
    _postgres(folder).remove_socket_dir()
    shutil.rmtree(folder, ignore_errors=True)


def postgres_url(folder: Path) -> str:
    """The superuser's address of the run's one PostgreSQL server; who asks first starts it."""
    with _lock(folder / "postgres.lock"):
        server = _postgres(folder)
        if server.pid() is None:
            server.start()
        return server.url("postgres")


def _postgres(folder: Path) -> PostgresServer:
    return PostgresServer(folder / "postgres", PASSWORD, TEST_SETTINGS)


def _is_abandoned(folder: Path) -> bool:
    try:
        pid, created = (folder / OWNER).read_text().split()
        return psutil.Process(int(pid)).create_time() != float(created)
    except psutil.NoSuchProcess:
        return True
    except (OSError, ValueError, psutil.Error):
        return False  # another user's, or being made at this moment


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
