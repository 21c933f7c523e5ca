"""PostgreSQL through SQLAlchemy Core: one engine a process, one transaction a use case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from psycopg import Cursor
from psycopg.pq import TransactionStatus
from sqlalchemy import Column, Connection, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gamedesk_chassis import deadlines, effects

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger(__name__)

# The names that Alembic and error handling rely on.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Serialization failure, deadlock, lock not available in time: the whole use case may be run again.
_RETRYABLE_SQLSTATES = {"40001", "40P01", "55P03"}
_QUERY_CANCELED = "57014"
_BEYOND_LIMITS = "54"  # a value too large for an index, for instance: however often it comes
_ATTEMPTS = 3
# What became of a transaction whose COMMIT was not answered is asked for so long.
_FATE_SECONDS = 5.0
# Transaction ids are not in the WAL before what is done under them: a server that crashed, or took over, gives the last
# ones again. Recovery begins the statistics anew, so that their begin tells in which life of which server an id was
# given; when somebody resets them by hand, fates are unknown. Every role may read it.
_LIFE = "(SELECT stats_reset::text FROM pg_stat_bgwriter)"
_TRANSACTION_ID = f"SELECT pg_current_xact_id_if_assigned()::text, {_LIFE}"
_FATE = text(f"SELECT pg_xact_status(CAST(:transaction_id AS xid8)), {_LIFE}")

_IS_REPLICA = text("SELECT pg_is_in_recovery()")  # which does not know of all yet
_INVALID_VALUE = "22023"

_STATEMENT_SECONDS = 5
# In a connection's `info`: the seconds that this transaction's statements have, if that is less.
_LIMIT = "gamedesk_statement_seconds"
# random_page_cost for solid-state disks: with the default, the planner reads pages of lists backwards through the
# primary key, past everybody else's rows, where the list's own index leads straight to them.
_SESSION_OPTIONS = (
    f"-c statement_timeout={_STATEMENT_SECONDS}s -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"
    " -c timezone=UTC -c random_page_cost=1.1"
)


def new_metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


def time_column(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A column `timestamptz`."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def is_transient(error: BaseException) -> bool:
    """Whether running the same transaction again may succeed: a lost connection, a deadlock, a lock timeout."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is None:  # never reached the server, or the server went away
        return isinstance(error, OperationalError)
    return sqlstate in _RETRYABLE_SQLSTATES or sqlstate.startswith(("08", "57P"))


def _unanswered(error: DBAPIError) -> bool:
    """Whether the connection broke, so that it is not known what the server did."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    return is_transient(error) and (sqlstate is None or sqlstate.startswith(("08", "57P")))


class _FateUnknown(Exception):
    """The COMMIT was not answered, and nobody could be asked what became of it."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(str(error))
        self.error = error


def took_too_long(error: BaseException) -> bool:
    """Whether a statement was stopped because it ran into the time that each has (`statement_timeout`)."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _QUERY_CANCELED


def will_pass(error: BaseException) -> bool:
    """Whether it is the database's state and not what was asked of it, so that waiting helps: besides what is
    transient, a full disk, too many connections, a statement or a wait for a connection that took too long."""
    if isinstance(error, OperationalError):
        return not (getattr(error.orig, "sqlstate", None) or "").startswith(_BEYOND_LIMITS)
    return isinstance(error, PoolTimeout) or is_transient(error)


class Database:
    """The service's own database.

    `transact` runs one use case in one transaction and runs it again, whole, when the connection was lost
    or the database asked for it. Commands must therefore have no effect outside their transaction. When the answer to
    the COMMIT was lost, the database is asked whether it was done: what was done is not done again. `read` runs a
    query, `snapshot` one of several statements that have to see the same moment; neither can write. None of the three
    begins when the request's deadline has passed (TooLate), nor does a statement of theirs.
    """

    def __init__(self, url: str, *, pool_size: int = 12, application_name: str = "gamedesk") -> None:
        self.engine = create_engine(
            url,
            hide_parameters=True,  # they may be personal, and errors are logged
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=5,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": 3,
                "options": _SESSION_OPTIONS,
                "application_name": application_name,
                "tcp_user_timeout": 10_000,  # ms that what was sent may wait for its receipt: keepalives wait then too
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        )
        event.listen(self.engine, "before_cursor_execute", _end_in_time)
        event.listen(self.engine, "begin", _no_limit)
        event.listen(self.engine, "rollback_savepoint", _no_limit)
        self._reading = self.engine.execution_options(postgresql_readonly=True)
        self._snapshots = self._reading.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction, committed at the end of the block; not repeated on failure."""
        with self.engine.begin() as tx:
            yield tx

    def transact(self, use_case: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `use_case(tx, …)` in a transaction, up to three times while the failure is transient.

        Raises the database's error also when it cannot be found out whether a COMMIT was done: to be told as trouble
        of which nobody knows yet what it left (503), never as a refusal.
        """
        return self._repeated(lambda: self._transaction(lambda tx: use_case(tx, *args, **kwargs)))

    def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Like `transact`, reading only, and a round trip less: nobody has to ask what became of it."""
        return self._repeated(lambda: self._query(self._reading, lambda tx: query(tx, *args, **kwargs)))

    def snapshot(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Like `read`: all statements see the database as it was at the first."""
        return self._repeated(lambda: self._query(self._snapshots, lambda tx: query(tx, *args, **kwargs)))

    @staticmethod
    def _query(engine: Engine, query: Callable[[Connection], R]) -> R:
        with engine.begin() as tx:
            return query(tx)

    @staticmethod
    def _repeated(run: Callable[[], R]) -> R:
        for attempt in range(1, _ATTEMPTS + 1):
            deadlines.check()
            try:
                return run()
            except _FateUnknown as unknown:
                raise unknown.error from None
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not is_transient(error):
                    raise
                log.warning("transaction_repeated", attempt=attempt, sqlstate=getattr(error.orig, "sqlstate", None))
                time.sleep(0.02 * attempt)
        raise AssertionError("unreachable")

    def _transaction(self, use_case: Callable[[Connection], R]) -> R:
        with self.engine.connect() as tx:
            tx.begin()  # whatever is raised below: closing the connection rolls it back
            result = use_case(tx)
            transaction_id, life = tx.exec_driver_sql(_TRANSACTION_ID).one()
            if transaction_id is not None:
                effects.note()
            try:
                tx.commit()
            except DBAPIError as error:
                if transaction_id is None or not _unanswered(error):
                    raise
                if not self._was_committed(transaction_id, life, error):
                    raise
                log.warning("commit_unanswered", sqlstate=getattr(error.orig, "sqlstate", None))
            return result

    def _was_committed(self, transaction_id: str, life: str, error: DBAPIError) -> bool:
        """What became of a transaction, asked for on another connection. Raises _FateUnknown.

        An id that was given again had not been committed before, so that "aborted" is true of both who had it.
        """
        left = deadlines.seconds_left()
        until = time.monotonic() + (_FATE_SECONDS if left is None else min(left, _FATE_SECONDS))
        while time.monotonic() < until:
            try:
                with self.engine.connect() as connection:
                    fate, life_now = self._fate(connection, transaction_id)
            except (DBAPIError, PoolTimeout):
                fate = life_now = None
            if fate == "aborted":
                return False
            if fate == "committed":
                if life_now != life:
                    break  # perhaps somebody else's
                return True
            time.sleep(0.05)  # the database is away, or still at it
        raise _FateUnknown(error)

    @staticmethod
    def _fate(connection: Connection, transaction_id: str) -> tuple[str | None, str | None]:
        try:
            fate, life = connection.execute(_FATE, {"transaction_id": transaction_id}).one()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _INVALID_VALUE:
                raise
            connection.rollback()
            # An id that is still to come: the server crashed before any of it reached the disk.
            is_replica = connection.execute(_IS_REPLICA).scalar_one()
            return None if is_replica else "aborted", None
        return fate, life

    def ping(self) -> None:
        """Raise if the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("select 1"))

    def dispose(self) -> None:
        self.engine.dispose()


def _end_in_time(connection: Connection, cursor: Cursor, *_statement: object) -> None:
    """Before each statement: none begins after the deadline or goes on after it.

    A limit costs a round trip, so that it is a little less than what is left, and serves for as long as it is less.
    """
    left = deadlines.seconds_left()
    if left is None or left >= _STATEMENT_SECONDS:
        return
    if cursor.connection.info.transaction_status is TransactionStatus.INERROR:
        return  # only ROLLBACK is heard
    if left <= 0:
        raise deadlines.TooLate
    if connection.info.get(_LIMIT, _STATEMENT_SECONDS) > left:
        limit = left - min(left / 10, 0.05)
        cursor.connection.execute(f"SET LOCAL statement_timeout = {max(1, int(limit * 1000))}".encode())
        connection.info[_LIMIT] = limit


def _no_limit(connection: Connection, *_savepoint: object) -> None:
    """SET LOCAL ends with its transaction, and with the savepoint that is gone back to."""
    connection.info.pop(_LIMIT, None)


def row_to_dict(row: Any) -> dict[str, Any]:
    """A result row as a plain dict, column name → value."""
    return dict(row._mapping)
