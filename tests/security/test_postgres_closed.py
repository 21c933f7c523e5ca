"""PostgreSQL is closed: each service's role reaches its own database and nothing of the others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product as pairs
from pathlib import Path

import psycopg
import pytest
from gamedesk_local.layout import SERVICES
from gamedesk_local.postgres import SUPERUSER, THROWAWAY_SETTINGS, PostgresServer

ROLES = [service.name for service in SERVICES]
DATABASES = [*ROLES, SUPERUSER, "template1"]


@pytest.fixture(scope="module")
def server(new_state_dir: Callable[[str], Path]) -> Iterator[PostgresServer]:
    """As the product makes it, one table with one row in each database."""
    server = PostgresServer(new_state_dir("closed"), "the superuser's", THROWAWAY_SETTINGS)
    server.start()
    for role in ROLES:
        with enter(server.ensure_database(role, _password(role))) as connection:
            connection.execute("CREATE TABLE person (phone text UNIQUE)")
            connection.execute("INSERT INTO person VALUES ('13812345678')")
    yield server
    server.stop()


def _password(role: str) -> str:
    return f"password of {role}"


def enter(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.mark.parametrize(("role", "database"), [p for p in pairs(ROLES, DATABASES) if p[0] != p[1]])
def test_a_role_does_not_enter_another_database(server: PostgresServer, role: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        enter(server.url(database, role, _password(role)))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_enters_its_own_database_with_no_more_rights_than_it_needs(server: PostgresServer, role: str) -> None:
    with enter(server.url(role, role, _password(role))) as connection:
        assert connection.execute("SELECT phone FROM person").fetchall() == [("13812345678",)]
        rights = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
        assert connection.execute(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user").fetchone() == (
            (False,) * 5
        )
        assert connection.execute("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                                  "WHERE r.rolname = current_user").fetchone() == (0,)  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE {other} PASSWORD 'x'",
        "SET ROLE {other}",
        "ALTER SYSTEM SET log_statement = 'all'",
        "COPY person TO PROGRAM 'cat'",
        "COPY person FROM '/etc/passwd'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        "CREATE EXTENSION file_fdw",
    ],
)
def test_a_role_has_no_way_beyond_its_database(server: PostgresServer, statement: str) -> None:
    role, other = ROLES[0], ROLES[1]
    with (
        enter(server.url(role, role, _password(role))) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)),
    ):
        connection.execute(statement.format(other=other).encode())


@pytest.mark.parametrize("role", [*ROLES, SUPERUSER])
def test_no_role_is_trusted_without_its_password(server: PostgresServer, role: str) -> None:
    database = "postgres" if role == SUPERUSER else role
    for password in ("", "wrong", role):
        with pytest.raises(psycopg.OperationalError, match=r"password"):
            enter(server.url(database, role, password))


def test_every_way_in_asks_for_a_scram_password(server: PostgresServer) -> None:
    with server.connect() as connection:
        rows = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        kept = connection.execute(
            "SELECT rolname FROM pg_authid WHERE rolpassword NOT LIKE 'SCRAM-SHA-256$%'"
        ).fetchall()
    assert rows == [("scram-sha-256",)]
    assert kept == []


def test_a_refused_row_and_a_password_are_not_in_the_servers_log(server: PostgresServer) -> None:
    """The server writes statements that failed; their parameters and the refused row must not be among them."""
    role = ROLES[0]
    with enter(server.url(role, role, _password(role))) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES (%s)", ["13812345678"])
        with pytest.raises(psycopg.errors.UniqueViolation), connection.cursor().copy("COPY person FROM STDIN") as copy:
            copy.write_row(["13812345678"])
    log = (server.folder / "postgres.log").read_text()
    assert log.count("person_phone_key") >= 2  # it is the log, and it tells of both
    assert "13812345678" not in log
    assert _password(role) not in log
