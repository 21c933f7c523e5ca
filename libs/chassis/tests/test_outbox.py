from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database, new_metadata
from gamedesk_chassis.outbox import OUTBOX, Change
from gamedesk_chassis.service import event_tables
from gamedesk_chassis.tracing import traced
from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError


def add(tx: Connection, aggregate_id: str, version: int, **other: Any) -> None:
    fields = {"type": "s.thing.updated.v1", "data": {"thing_id": aggregate_id}, "source": "/s"} | other
    outbox.append(tx, aggregate_id=aggregate_id, version=version, **fields)


def count(database: Database) -> int:
    with database.begin() as tx:
        return tx.execute(select(func.count()).select_from(OUTBOX)).scalar_one()


def test_rollback_leaves_no_event__I2(database: Database, things: Table) -> None:
    def fail(tx: Connection) -> None:
        tx.execute(insert(things).values(thing_id="a", colour="red", version=1))
        add(tx, "a", 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.transact(fail)
    assert count(database) == 0
    with database.begin() as tx:
        assert tx.execute(select(func.count()).select_from(things)).scalar_one() == 0


def test_one_event_for_each_version__I1(database: Database) -> None:
    with database.begin() as tx:
        add(tx, "a", 1)
        add(tx, "a", 2)
        add(tx, "b", 1)
    with pytest.raises(IntegrityError), database.begin() as tx:
        add(tx, "a", 2)
    assert count(database) == 3


def test_republication_repeats_a_version(database: Database) -> None:
    with database.begin() as tx:
        add(tx, "a", 1)
        add(tx, "a", 1, republication=True)
        add(tx, "a", 1, republication=True)
    with pytest.raises(IntegrityError), database.begin() as tx:
        add(tx, "a", 1)
    assert count(database) == 3


def test_row_becomes_the_event_that_was_appended(database: Database) -> None:
    moment, thing_id = now(), uuid4()
    with traced(None) as span, database.begin() as tx:
        event_id = outbox.append(
            tx,
            type="s.thing.updated.v1",
            aggregate_id=thing_id,
            version=7,
            data={"thing_id": thing_id, "名": "金", "at": moment, "on": moment.date(), "none": None},
            source="/s",
            actor="KF001",
        )
        row = tx.execute(select(OUTBOX)).one()
    event = outbox.to_event(row)
    assert (event.id, event.subject, event.aggregateversion, event.actor) == (event_id, str(thing_id), 7, "KF001")
    assert event.traceparent == span
    assert not event.republication
    assert event.data == {
        "thing_id": str(thing_id),
        "名": "金",
        "at": moment.isoformat().replace("+00:00", "Z"),
        "on": moment.date().isoformat(),
        "none": None,
    }


def test_many_changes_are_appended_in_order_and_as_one_would_be(database: Database) -> None:
    moment = now()
    changes = [
        outbox.Change(
            type="s.thing.updated.v1", aggregate_id=f"t{n}", version=n + 1, data={"at": moment, "名": None, "n": [n]}
        )
        for n in range(3)
    ]
    with traced(None) as span, database.begin() as tx:
        outbox.append_many(tx, [], source="/s")
        outbox.append_many(tx, changes, source="/s", actor="KF001")
    with database.begin() as tx:
        events = [outbox.to_event(row) for row in tx.execute(select(OUTBOX).order_by(OUTBOX.c.id))]
    assert [(e.subject, e.aggregateversion) for e in events] == [("t0", 1), ("t1", 2), ("t2", 3)]
    assert events[2].data == {"at": moment.isoformat().replace("+00:00", "Z"), "名": None, "n": [2]}
    assert {(e.type, e.source, e.actor, e.traceparent) for e in events} == {("s.thing.updated.v1", "/s", "KF001", span)}


def test_many_changes_keep_one_event_for_each_version__I1(database: Database) -> None:
    change = outbox.Change(type="s.thing.updated.v1", aggregate_id="a", version=1, data={})
    with pytest.raises(IntegrityError), database.begin() as tx:
        outbox.append_many(tx, [change, change], source="/s")
    with database.begin() as tx:
        outbox.append_many(tx, [change], source="/s")
        outbox.append_many(tx, [change, change], source="/s", republication=True)
    assert count(database) == 3


def test_event_that_nats_would_not_take_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="bytes"), database.begin() as tx:
        add(tx, "a", 1, data={"text": "x" * 1024 * 1024})


def test_many_events_keep_their_order_and_content(database: Database) -> None:
    changes = [
        Change(type="s.thing.updated.v1", aggregate_id=f"a{n % 3}", version=n, data={"n": n, "list": ["金", None]})
        for n in range(50)
    ]
    with traced(None) as span, database.begin() as tx:
        outbox.append_many(tx, changes, source="/s", actor="KF001")
        outbox.append_many(tx, [], source="/s")
        events = [outbox.to_event(row) for row in tx.execute(select(OUTBOX).order_by(OUTBOX.c.id))]
    assert [(e.subject, e.aggregateversion, e.data) for e in events] == [
        (change.aggregate_id, change.version, change.data) for change in changes
    ]
    assert {(e.source, e.actor, e.traceparent, e.republication) for e in events} == {("/s", "KF001", span, False)}
    with pytest.raises(IntegrityError), database.begin() as tx:
        outbox.append_many(tx, changes[:1], source="/s")


def test_purge_takes_only_what_was_published_long_ago(database: Database) -> None:
    with database.begin() as tx:
        for version in range(1, 5):
            add(tx, "a", version)
        tx.execute(update(OUTBOX).where(OUTBOX.c.version == 1).values(published_at=now() - timedelta(days=15)))
        tx.execute(update(OUTBOX).where(OUTBOX.c.version == 2).values(published_at=now()))
        old = now() - timedelta(days=14)
        assert outbox.purge(tx, old) == 1
        assert outbox.purge(tx, old) == 0
        assert tx.execute(select(OUTBOX.c.version).order_by(OUTBOX.c.version)).scalars().all() == [2, 3, 4]


def test_migration_makes_the_tables_that_the_code_declares(database: Database, things: Table) -> None:
    metadata = new_metadata()
    event_tables(metadata)
    things.to_metadata(metadata)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
