"""Work in the background: jobs that run by the clock, and rows claimed under a lease.

No network call belongs inside a transaction: claim in one transaction, work, settle in another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import ColumnElement, Connection, DateTime, Engine, Row, Table, func, or_, select, text, tuple_, update

from gamedesk_chassis.tracing import traced

log = structlog.get_logger(__name__)

_FAILED = Counter("gamedesk_job_failures", "Runs of a periodic job that raised", ["job"])
_SECONDS = Histogram("gamedesk_job_seconds", "Duration of a periodic job's run", ["job"])

# First key of this service's session-level advisory locks; the second is a hash of the name.
_LEADERSHIP = 0x6A6F62


@dataclass(frozen=True)
class PeriodicJob:
    """`run` is called in a thread every `every_seconds`, never twice at once in one worker; a failure is logged,
    counted and tried again at the next turn. With `leader_only` it runs in one worker of the service at a time.
    The first turn comes `first_after_seconds` after the worker's start. `close`, if there is one, is called in a thread
    after the last turn, while the database is still there: it ends what the turns have left running.
    """

    name: str
    every_seconds: float
    run: Callable[[], object]
    leader_only: bool = False
    first_after_seconds: float = 0.0
    close: Callable[[], object] | None = None


@contextmanager
def leadership(engine: Engine, name: str) -> Iterator[bool]:
    """True inside the block if no other process of this service holds `name`; needs a direct connection."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"space": _LEADERSHIP, "name": name}
        take = text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
        if not connection.execute(take, key).scalar_one():
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:space, hashtext(:name))"), key)


async def run_periodically(job: PeriodicJob, engine: Engine, stop: asyncio.Event) -> None:
    """Run `job` by its clock, until `stop` is set; a run that has begun is finished, and then the job is closed."""
    try:
        if job.first_after_seconds:
            await pause(stop, job.first_after_seconds)
        while not stop.is_set():
            started = time.monotonic()
            await asyncio.to_thread(_run_once, job, engine)
            await pause(stop, max(0.0, job.every_seconds - (time.monotonic() - started)))
    finally:
        if job.close is not None:
            await asyncio.to_thread(_close, job.name, job.close)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `seconds`, or less if `stop` is set meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def count_failure(job: str) -> None:
    """For a job that has itself logged what of its work failed, and goes on with the rest."""
    _FAILED.labels(job).inc()


def _run_once(job: PeriodicJob, engine: Engine) -> None:
    try:
        with traced(None), _SECONDS.labels(job.name).time():
            if not job.leader_only:
                job.run()
                return
            with leadership(engine, job.name) as leader:
                if leader:
                    job.run()
    except Exception as error:
        _FAILED.labels(job.name).inc()
        log.warning("job_failed", job=job.name, error=type(error).__name__, exc_info=True)


def _close(name: str, close: Callable[[], object]) -> None:
    try:
        close()
    except Exception as error:
        log.warning("job_not_closed", job=name, error=type(error).__name__, exc_info=True)


def claim(
    tx: Connection,
    table: Table,
    where: ColumnElement[bool],
    *,
    limit: int,
    lease_seconds: float,
    order_by: ColumnElement[Any] | None = None,
) -> list[Row[Any]]:
    """Lease up to `limit` rows that match `where` and that nobody holds; returns the rows as they are now.

    The table needs `leased_until timestamptz`; an integer column `attempts`, if there is one, counts the claims.
    A worker that dies leaves a lease that runs out, so the work has to bear being done twice.
    """
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= func.clock_timestamp())
    key = tuple_(*table.primary_key.columns)
    wanted = (
        select(*table.primary_key.columns)
        .where(where, free)
        .order_by(*([] if order_by is None else [order_by]))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    # By the database's clock, like the comparison: with a worker's own, one whose clock is off would take rows that
    # another holds, or keep them for hours.
    values: dict[str, Any] = {"leased_until": lease_end(lease_seconds)}
    if "attempts" in table.c:
        values["attempts"] = table.c.attempts + 1
    return list(tx.execute(update(table).where(key.in_(wanted)).values(values).returning(*table.c)))


def lease_end(seconds: float) -> ColumnElement[datetime]:
    """The end of a lease that begins now, by the database's clock."""
    return func.clock_timestamp(type_=DateTime(timezone=True)) + timedelta(seconds=seconds)


def settle(tx: Connection, table: Table, row: Row[Any], values: Mapping[str, Any]) -> bool:
    """End the lease of a claimed `row` and write `values`; False, and nothing written, if the lease was lost."""
    ours = [column == row._mapping[column.name] for column in table.primary_key.columns]
    statement = update(table).where(*ours, table.c.leased_until == row.leased_until)
    return tx.execute(statement.values({"leased_until": None, **values})).rowcount == 1
