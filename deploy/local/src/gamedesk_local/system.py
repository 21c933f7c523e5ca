"""Small questions to the operating system: users, ports, processes, paths."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil

from gamedesk_local.errors import LocalError

LOOPBACK = "127.0.0.1"
_SERVERS = range(20000, 32768)
_TRIES = 100
DATABASE_ACCOUNT = "gamedesk-postgres"


def free_port() -> int:
    """A TCP port of the loopback address that nobody has at this moment.

    It is none of those that operating systems give to outgoing connections: one of these could take it while the server
    that it was chosen for is down.
    """
    for port in random.SystemRandom().sample(_SERVERS, _TRIES):
        if not port_is_taken(port):
            return port
    with socket.socket() as sock:
        sock.bind((LOOPBACK, 0))
        return int(sock.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether someone else holds `port` on the loopback address."""
    with socket.socket() as sock:
        # As servers do it: the wake of our own closed connections does not count as taken.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def who_listens(port: int) -> str:
    """The program behind a taken port as `name (pid)`, or an empty string when the system does not tell."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        return ""
    return ""


def script(name: str) -> str:
    """The path of an executable that a package installed beside this interpreter.

    Raises:
        LocalError: it is not there.
    """
    for folder in (Path(sysconfig.get_path("scripts")), Path(sys.executable).parent):
        if (folder / name).exists():
            return str(folder / name)
    raise LocalError(f"{name} is missing from the environment of {sys.executable}.", "Run: ./gamedesk up")


def is_root() -> bool:
    """Whether this process may become any user."""
    return os.geteuid() == 0


def database_account() -> str | None:
    """The account PostgreSQL runs under: its own one when we are root (it refuses root), else ours (None).

    Raises:
        LocalError: the account cannot be made.
    """
    if not is_root():
        return None
    if not _account_exists(DATABASE_ACCOUNT):
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        arguments = [
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/bin/false",
            DATABASE_ACCOUNT,
        ]
        try:
            result = subprocess.run([useradd, *arguments], capture_output=True, text=True, check=False)
            problem = result.stderr.strip()
        except OSError as error:
            problem = str(error)
        if not _account_exists(DATABASE_ACCOUNT):  # another start may have made it meanwhile
            raise LocalError(
                f"PostgreSQL does not run as root, and its account {DATABASE_ACCOUNT} cannot be made: {problem}",
                "Make it with useradd, or run ./gamedesk as an ordinary user.",
            )
    return DATABASE_ACCOUNT


def _account_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def user_id(account: str | None) -> int:
    """The number of an account; our own for None."""
    return os.geteuid() if account is None else pwd.getpwnam(account).pw_uid


def give_to(path: Path, account: str | None) -> None:
    """Make `path` belong to `account` (nothing to do for our own)."""
    if account is not None:
        shutil.chown(path, account, pwd.getpwnam(account).pw_gid)


def let_pass(path: Path) -> list[Path]:
    """Let other accounts walk through (not list, not read) every folder above `path`.

    Returns:
        The folders whose permissions were widened.
    """
    widened = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            widened.append(folder)
    return widened


def let_read(tree: Path) -> None:
    """Let other accounts read a whole installed tree, as an unusual umask may have forbidden."""
    for path in (tree, *tree.rglob("*")):
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH
        if path.is_dir() or mode & stat.S_IXUSR:
            wanted |= stat.S_IXOTH
        if wanted != mode:
            path.chmod(wanted)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads; a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)
