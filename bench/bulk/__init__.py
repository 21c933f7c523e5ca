"""Fills migrated databases of players, tickets and sales with as many rows as a large desk has after two years.

Everything about player n or ticket m is computed from its number, so that the databases agree without asking each
other, and so that two runs differ in their dates only. They hold nobody and nothing of that before, but may know the
first agent. What is told: `common.sql`, `players.sql`, `tickets.sql`, `sales.sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from gamedesk_chassis import text_search

Connection = psycopg.Connection[Any]
Connect = Callable[[], Connection]
_FOLDER = Path(__file__).parent
_YEARS = timedelta(days=730)
_WORKING_DAY = timedelta(hours=12)
_OPENS = timedelta(hours=1)  # UTC

# What can be put back when all rows are there, at once and in parallel, instead of row by row.
_SECONDARY_INDEXES = """
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indexrelid
"""
_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_NAMES = """
SELECT people.player_id, array_agg(nickname) || wechat_name FROM people JOIN profiles USING (player_id)
GROUP BY people.player_id, wechat_name ORDER BY people.player_id
"""
_TICKET_COPY = "ticket_id, player_id, number, category, state, asked_at, done_at, version"
_TICKETS = """
SELECT ticket_id, player_id, 'T-' || lpad(number::text, 6, '0'), category, state, asked_at, done_at, version
FROM tickets
"""


@dataclass(frozen=True)
class Size:
    """`now`: the end of the two years that the rows tell of."""

    players: int
    now: datetime

    @property
    def tickets(self) -> int:
        return 3 * self.players

    @property
    def agents(self) -> int:
        """More players are more agents: each has about 3,300 players."""
        return max(10, 3 * self.players // 10_000)


def fill_players(connect: Connect, size: Size) -> None:
    """`connect` opens autocommit connections of a superuser to a database that was just migrated."""
    with connect() as tx, connect() as writing, _bare(tx):
        _prepare(tx, size)
        _run(tx, "players.sql")
        _copy(writing, "player_names (player_id, name_key, grams)", _name_rows(tx))
    _vacuum(connect)


def fill_tickets(connect: Connect, size: Size) -> None:
    """Like `fill_players`."""
    with connect() as tx, _bare(tx):
        _prepare(tx, size)
        _run(tx, "tickets.sql")
    _vacuum(connect)


def fill_sales(connect: Connect, size: Size, connect_tickets: Connect) -> None:
    """Like `fill_players`, for a database that has packs; after `fill_tickets`."""
    with connect() as tx, connect_tickets() as tickets, _bare(tx):
        _prepare(tx, size)
        _run(tx, "sales.sql")
        _copy(tx, f"ticket_copies ({_TICKET_COPY})", _read(tickets, _TICKETS))
    _vacuum(connect)


def _prepare(tx: Connection, size: Size) -> None:
    settings = {
        "bench.players": size.players,
        "bench.tickets": size.tickets,
        "bench.agents": size.agents,
        "bench.begin": _worked_ms(size.now - _YEARS),
        "bench.now": _worked_ms(size.now),
        "work_mem": "256MB",
    }
    for name, value in settings.items():
        tx.execute("SELECT set_config(%s, %s, false)", [name, str(value)])
    _run(tx, "common.sql")


def _worked_ms(moment: datetime) -> int:
    """Working milliseconds since 1970 (see common.sql)."""
    midnight = datetime.combine(moment.astimezone(UTC), time(), UTC)
    today = min(max(moment - midnight - _OPENS, timedelta()), _WORKING_DAY)
    days = (midnight - datetime(1970, 1, 1, tzinfo=UTC)).days
    return (days * _WORKING_DAY + today) // timedelta(milliseconds=1)


def _run(tx: Connection, file: str) -> None:
    tx.execute((_FOLDER / file).read_bytes())


@contextmanager
def _bare(tx: Connection) -> Iterator[None]:
    """Without secondary indexes and foreign keys inside; putting the keys back checks every row."""
    taken = [*tx.execute(_FOREIGN_KEYS).fetchall(), *tx.execute(_SECONDARY_INDEXES).fetchall()]
    for drop, _ in taken:
        tx.execute(drop)
    yield
    tx.execute("SET maintenance_work_mem = '1GB'")
    for _, create in reversed(taken):
        tx.execute(create)


def _vacuum(connect: Connect) -> None:
    """As autovacuum does in time."""
    with connect() as tx:
        tx.execute("VACUUM (ANALYZE)")


def _name_rows(tx: Connection) -> Iterator[tuple[Any, ...]]:
    for player_id, names in _read(tx, _NAMES):
        for key in {text_search.key(name) for name in names if name}:
            yield player_id, key, _array(text_search.infix_grams(key))


def _read(tx: Connection, query: LiteralString) -> Iterator[Any]:
    with tx.transaction(), tx.cursor("rows") as cursor:
        cursor.itersize = 10_000
        yield from cursor.execute(query)


def _array(grams: list[str]) -> str:
    """Names made here need no more quoting than this."""
    return "{" + ",".join(f'"{gram}"' for gram in grams) + "}"


def _copy(tx: Connection, target: LiteralString, rows: Iterable[tuple[Any, ...]]) -> None:
    with tx.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
