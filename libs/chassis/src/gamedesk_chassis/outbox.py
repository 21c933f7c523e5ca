"""The outbox: an event is a row written in the transaction that changes the state, published later by the relay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Uuid,
    delete,
    false,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_chassis.bulk import values_of
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.tracing import current_traceparent

_PURGE_BATCH = 1000
# Half of what NATS takes: an event that could never be published is refused where it is made.
_MAX_DATA_BYTES = 512 * 1024


def outbox_table(metadata: MetaData) -> Table:
    """The table `outbox`. `aggregate_id` has to be unique over all kinds of aggregate of the service."""
    table = Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("aggregate_id", String(64), nullable=False),
        Column("version", Integer, nullable=False),
        Column("type", String(128), nullable=False),
        Column("source", String(64), nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("traceparent", String(64)),
        Column("actor", String(64)),
        Column("republication", Boolean, nullable=False, server_default=false()),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("published_at", DateTime(timezone=True)),
    )
    Index(
        "uq_outbox_aggregate_id_version",
        table.c.aggregate_id,
        table.c.version,
        unique=True,
        postgresql_where=text("NOT republication"),
    )
    Index("ix_outbox_unpublished", table.c.republication, table.c.id, postgresql_where=text("published_at IS NULL"))
    return table


OUTBOX = outbox_table(MetaData())


def append(
    tx: Connection,
    *,
    type: str,
    aggregate_id: str | UUID,
    version: int,
    data: dict[str, Any],
    source: str,
    actor: str | None = None,
    republication: bool = False,
) -> UUID:
    """Add an event to the transaction `tx` that changed the aggregate to `version`; returns the event's id.

    `data` is the aggregate's full public state; UUIDs, aware datetimes and dates in it become strings. A second
    event for the same aggregate and version is refused (IntegrityError) unless it is a republication; so is
    (ValueError) data of more than 512 KiB.
    """
    change = Change(type=type, aggregate_id=aggregate_id, version=version, data=data)
    row = _row(change, source, actor, republication)
    tx.execute(insert(OUTBOX).values(row))
    return row["event_id"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One event of `append_many`; the fields are those of `append`."""

    type: str
    aggregate_id: str | UUID
    version: int
    data: dict[str, Any]


def append_many(
    tx: Connection,
    changes: Sequence[Change],
    *,
    source: str,
    actor: str | None = None,
    republication: bool = False,
) -> None:
    """`append` for many changes of one use case, in one statement and in their order."""
    if not changes:
        return
    rows = [_row(change, source, actor, republication) for change in changes]
    names = list(rows[0])
    new = values_of(OUTBOX, names, rows)
    tx.execute(insert(OUTBOX).from_select(names, select(*[new.c[name] for name in names])))


def republications_wait(tx: Connection, many: int) -> bool:
    """Whether more than so many republications have not been published yet."""
    waiting = select(OUTBOX.c.id).where(OUTBOX.c.published_at.is_(None), OUTBOX.c.republication).limit(many + 1)
    return tx.execute(select(func.count()).select_from(waiting.subquery())).scalar_one() > many


def _row(change: Change, source: str, actor: str | None, republication: bool) -> dict[str, Any]:
    payload = orjson.dumps(change.data, option=orjson.OPT_UTC_Z)
    if len(payload) > _MAX_DATA_BYTES:
        raise ValueError(f"the data of an event may have {_MAX_DATA_BYTES} bytes, not {len(payload)}")
    return {
        "event_id": new_id(),
        "aggregate_id": str(change.aggregate_id),
        "version": change.version,
        "type": change.type,
        "source": source,
        "payload": orjson.loads(payload),
        "traceparent": current_traceparent(),
        "actor": actor,
        "republication": republication,
    }


def to_event(row: Row[Any], version_base: int = 0) -> Event:
    """The event that a row of the outbox stands for; `version_base` is the relay mark's."""
    return Event(
        id=row.event_id,
        source=row.source,
        type=row.type,
        subject=row.aggregate_id,
        time=row.created_at,
        aggregateversion=version_base + row.version,
        versionbase=version_base,
        data=row.payload,
        traceparent=row.traceparent,
        republication=row.republication,
        actor=row.actor,
    )


def purge(tx: Connection, older_than: datetime) -> int:
    """Delete up to 1,000 of the oldest rows that were published before `older_than`; returns how many."""
    oldest = select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(_PURGE_BATCH)
    return tx.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(oldest), OUTBOX.c.published_at < older_than)).rowcount
