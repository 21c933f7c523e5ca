from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database, new_metadata
from gamedesk_chassis.jobs import PeriodicJob, claim, leadership, run_periodically, settle
from sqlalchemy import Column, DateTime, Integer, String, Table, insert, select, update

TASKS = Table(
    "tasks",
    new_metadata(),
    Column("task_id", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", DateTime(timezone=True)),
)


@pytest.fixture
def tasks(database: Database) -> Table:
    with database.begin() as tx:
        TASKS.create(tx)
        tx.execute(insert(TASKS).values([{"task_id": n, "state": "pending"} for n in range(5)]))
    return TASKS


def take(database: Database, limit: int = 2, lease_seconds: float = 60) -> list[Any]:
    with database.begin() as tx:
        wanted = TASKS.c.state == "pending"
        return claim(tx, TASKS, wanted, limit=limit, lease_seconds=lease_seconds, order_by=TASKS.c.task_id)


def test_two_workers_never_claim_the_same_row(database: Database, tasks: Table) -> None:
    with database.begin() as first, database.begin() as second:
        wanted = tasks.c.state == "pending"
        mine = claim(first, tasks, wanted, limit=3, lease_seconds=60)
        others = claim(second, tasks, wanted, limit=3, lease_seconds=60)
    assert len(mine) == 3
    assert sorted(row.task_id for row in [*mine, *others]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_lease_is_by_the_databases_clock_whatever_the_workers_says(
    database: Database, tasks: Table, minutes: int
) -> None:
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        mine = take(database, limit=5)
    assert len(mine) == 5
    assert take(database, limit=5) == []  # another, whose clock is right
    right = now()
    assert all(right < row.leased_until <= right + timedelta(seconds=61) for row in mine)


def test_lease_that_ran_out_is_claimed_again_and_its_first_holder_writes_nothing(
    database: Database, tasks: Table
) -> None:
    slow = take(database, limit=1)[0]
    with database.begin() as tx:
        tx.execute(update(tasks).values(leased_until=now() - timedelta(seconds=1)).where(tasks.c.task_id == 0))
    again = take(database, limit=1)[0]
    assert (again.task_id, again.attempts) == (0, 2)
    assert not database.transact(settle, tasks, slow, {"state": "done"})
    assert database.transact(settle, tasks, again, {"state": "done"})
    with database.begin() as tx:
        row = tx.execute(select(tasks).where(tasks.c.task_id == 0)).one()
    assert (row.state, row.leased_until) == ("done", None)


def test_settled_row_that_is_wanted_again_is_free_at_once(database: Database, tasks: Table) -> None:
    row = take(database, limit=1)[0]
    database.transact(settle, tasks, row, {"state": "pending"})
    assert take(database, limit=1)[0].task_id == row.task_id


def test_leadership_is_held_by_one_and_given_back(database: Database) -> None:
    with leadership(database.engine, "a") as first, leadership(database.engine, "a") as second:
        assert (first, second) == (True, False)
        with leadership(database.engine, "b") as other:
            assert other
    with leadership(database.engine, "a") as again:
        assert again


def test_failing_job_runs_again_and_never_overlaps(database: Database) -> None:
    stop, running, runs = asyncio.Event(), [], []

    def run() -> None:
        assert not running
        running.append(1)
        runs.append(1)
        if len(runs) >= 5:
            loop.call_soon_threadsafe(stop.set)
        running.clear()
        raise ValueError

    async def main() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            await run_periodically(PeriodicJob("x", 0.001, run), database.engine, stop)

    loop: asyncio.AbstractEventLoop
    asyncio.run(main())
    assert len(runs) == 5


def test_job_that_may_wait_does_not_run_when_the_worker_starts(database: Database) -> None:
    runs: list[int] = []

    async def main(job: PeriodicJob) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, stop.set)
        await run_periodically(job, database.engine, stop)

    asyncio.run(main(PeriodicJob("x", 60, lambda: runs.append(1), first_after_seconds=60)))
    assert runs == []
    asyncio.run(main(PeriodicJob("x", 60, lambda: runs.append(1), first_after_seconds=0.01)))
    assert runs == [1]


@pytest.mark.parametrize("ends", ["told to stop", "another part fails"])
def test_what_a_job_holds_is_closed_after_its_last_run(database: Database, ends: str) -> None:
    done: list[str] = []

    def close() -> None:
        done.append("closed")
        raise ValueError  # harms nobody

    async def main() -> None:
        stop, ran = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def run() -> None:
            done.append("ran")
            loop.call_soon_threadsafe(ran.set)

        running = asyncio.create_task(run_periodically(PeriodicJob("x", 60, run, close=close), database.engine, stop))
        await ran.wait()
        assert done == ["ran"]
        if ends == "told to stop":
            stop.set()
        else:
            running.cancel()
        await asyncio.wait({running})
        assert running.cancelled() or running.exception() is None

    asyncio.run(main())
    assert done == ["ran", "closed"]


def test_leaders_job_is_left_to_the_leader(database: Database) -> None:
    runs: list[int] = []
    job = PeriodicJob("x", 60, lambda: runs.append(1), leader_only=True)

    async def once() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(run_periodically(job, database.engine, stop))
        await asyncio.to_thread(lambda: None)
        stop.set()
        await running

    with leadership(database.engine, "x"):
        asyncio.run(once())
    assert runs == []
    asyncio.run(once())
    assert runs == [1]
