"""kill -9 of a migration when it is seen, in the database, to have got somewhere."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

# The lock that a migration has while it is at work, see gamedesk_chassis.migrate.
AT_WORK = """SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()
    WHERE locktype = 'advisory' AND classid = 0x6d6967 AND granted)"""
_LOOKS_EVERY = 0.002  # seconds


def start(command: Sequence[str], env: Mapping[str, str] | None, log: Path) -> subprocess.Popen[bytes]:
    """A process that says what it has to say at the end of `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def kill_when(
    reached: str, database_url: str, process: subprocess.Popen[bytes], over: threading.Event | None = None
) -> bool:
    """Kill a migration as soon as the query `reached` is true; False: it ended before, or the database was away, or
    it was `over`."""
    over = over or threading.Event()
    try:
        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True, connect_timeout=5) as connection:
            while process.poll() is None and not _is_true(connection, reached):
                if over.wait(_LOOKS_EVERY):
                    return False
        return process.poll() is None
    except psycopg.OperationalError:
        return False
    finally:
        process.kill()
        process.wait()


def _is_true(connection: psycopg.Connection, query: str) -> bool:
    try:
        row = connection.execute(query.encode()).fetchone()
    except psycopg.errors.UndefinedTable:  # of a database that is still empty
        return False
    return bool(row and row[0])
