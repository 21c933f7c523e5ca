"""Databases for tests: made in milliseconds, as copies of one that was migrated once."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

Migrate = Callable[[str], object]
ROLE_PASSWORD = "s4c81f0e9d2b7a6"  # the services take no placeholder


class FreshDatabases:
    """Makes databases on one server, each owned by an ordinary role, as in production.

    Args:
        server: a superuser's address (`postgresql+psycopg://…`).
        worker: set in names, so that parallel workers never share a database.
    """

    def __init__(self, server: str, worker: str) -> None:
        self._server = make_url(server)
        self._worker = worker
        self._templates: dict[tuple[str, Migrate], str] = {}
        self._count = 0

    def __call__(self, name: str, migrate: Migrate | None = None) -> str:
        """A new database and its address (`postgresql+psycopg://…`).

        Args:
            name: of the service, for instance `players`; the role gets a name made of it.
            migrate: called once per worker with the address of a template; every further
                database of the same name and function is a copy of it. None gives an empty database.
        """
        role = self._ensure_role(name)
        if migrate is None:
            return self._create(role)
        key = (name, migrate)
        if key not in self._templates:
            template = self._create(role)
            migrate(template)
            self._templates[key] = make_url(template).database or ""
        return self._create(role, self._templates[key])

    def drop(self, url: str) -> None:
        """Delete a database, its connections included."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(_database(url)))

    def terminate_connections(self, url: str) -> int:
        """Cut every connection to the database as a failing server would; returns how many."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [make_url(url).database],
            ).fetchall()
        return len(rows)

    def _ensure_role(self, name: str) -> str:
        role = f"{name}_{self._worker}"
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(ROLE_PASSWORD)))
        return role

    def _create(self, role: str, template: str = "template1") -> str:
        self._count += 1
        url = self._server.set(username=role, password=ROLE_PASSWORD, database=f"{role}_{self._count}")
        self._end_connections(template)
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        address = _text(url)
        self._execute(statement.format(_database(address), sql.Identifier(role), sql.Identifier(template)))
        return address

    def _end_connections(self, template: str) -> None:
        # A pool that a migration left open would keep its database from being copied.
        if template != "template1":
            self.terminate_connections(_text(self._server.set(database=template)))

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        plain = self._server.set(drivername="postgresql")
        return psycopg.connect(_text(plain), autocommit=True)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _database(url: str) -> sql.Identifier:
    return sql.Identifier(make_url(url).database or "")
