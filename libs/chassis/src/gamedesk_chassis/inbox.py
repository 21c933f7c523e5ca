"""The inbox remembers which events a consumer has handled; dead letters are those that it never can.

Both are written in the transaction of the effect, so that an event delivered twice has one effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

_PURGE_BATCH = 1000


def inbox_table(metadata: MetaData) -> Table:
    """The table `inbox`: one row for each event that a consumer is done with."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(64), primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    )


def dead_letter_table(metadata: MetaData) -> Table:
    """The table `dead_letter`: messages kept for an operator, as they came (`payload`), with what went wrong."""
    return Table(
        "dead_letter",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", String(64), nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("subject", String(128), nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("error", String(1000), nullable=False),
        Column("failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("replayed_at", DateTime(timezone=True)),
    )


INBOX = inbox_table(MetaData())
DEAD_LETTER = dead_letter_table(MetaData())


def accept(tx: Connection, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Note these events as handled by `consumer` and return those that were not yet: the ones to handle now."""
    if not event_ids:
        return set()
    rows = [{"consumer": consumer, "event_id": event_id} for event_id in sorted(set(event_ids))]
    statement = insert(INBOX).values(rows).on_conflict_do_nothing().returning(INBOX.c.event_id)
    return set(tx.execute(statement).scalars())


def bury(tx: Connection, consumer: str, event_id: UUID, subject: str, payload: bytes, error: str) -> bool:
    """Keep a message that can never be handled, and note it as handled; False if it already was."""
    if not accept(tx, consumer, [event_id]):
        return False
    values = {"consumer": consumer, "event_id": event_id, "payload": payload}
    tx.execute(insert(DEAD_LETTER).values(**values, subject=_storable(subject, 128), error=_storable(error, 1000)))
    return True


def _storable(value: str, length: int) -> str:
    """Burying must not fail on what made the message a poison: PostgreSQL takes no NUL and no lone surrogate."""
    return value.encode("utf-8", "replace").decode().replace("\0", "�")[:length]


def purge(tx: Connection, older_than: datetime) -> int:
    """Delete up to 1,000 inbox rows and all replayed dead letters older than that; returns how many rows.

    `older_than` has to lie before the streams' retention, or an old event could be delivered again.
    """
    old = select(INBOX.c.consumer, INBOX.c.event_id).where(INBOX.c.received_at < older_than).limit(_PURGE_BATCH)
    gone = tx.execute(delete(INBOX).where(tuple_(INBOX.c.consumer, INBOX.c.event_id).in_(old))).rowcount
    return gone + tx.execute(delete(DEAD_LETTER).where(DEAD_LETTER.c.replayed_at < older_than)).rowcount
