"""Digests: an owner says, range of keys by range, what copies have to look like; listeners compare theirs with it.

A digest of a range is the count of its rows and the exclusive or of a hash of each (key, version). It travels as an
event behind those that it counts, so a listener compares at the same point of the stream. What is written at just that
moment may be in one of the two alone: a difference counts only when it was seen three times, seconds apart. Several
listeners may want a digest at once; what they get together is one look. Then the owner says the range again, and only
digests that come behind that are looks: others overtake it. Times are the databases': workers' clocks may be off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import BIT, insert

from gamedesk_chassis import outbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import RepublishPage
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.relay import RELAY_MARK

log = structlog.get_logger(__name__)

_DIFFERENT = Gauge("gamedesk_copies_different", "Ranges of copies that differ from their owner, confirmed")
_REPAIRS = Counter("gamedesk_copy_repairs", "Ranges that an owner was asked to say again")
_PASSED_BY = Counter("gamedesk_digests_passed_by", "Digests that were too old to be compared", ["consumer"])

RANGE_ROWS = 5000
CONFIRMED = 3  # looks
_APART = timedelta(seconds=2)
_TOO_OLD = timedelta(minutes=10)  # a consumer that was made anew gets digests of long ago; new ones come every hour
_ASK_AGAIN = timedelta(seconds=3)
_ASK_SELDOM = timedelta(seconds=30)
_GIVE_UP = CONFIRMED + 3  # then the owner is left alone, until a digest finds it different still, so much later:
_ONCE_MORE = timedelta(minutes=30)


@dataclass(frozen=True)
class Owned:
    """A kind of aggregate that the service owns: `page` republishes it; with a `table`, digests are made of it.

    `version` names the column that its events carry as their version; the table's primary key is one column.
    """

    name: str
    page: RepublishPage
    table: Table | None = None
    version: str = "version"


@dataclass(frozen=True)
class Copied:
    """A kind of aggregate of another service, and the table of its copies."""

    name: str
    table: Table


@dataclass(frozen=True)
class Range:
    """Keys of one kind, as text: after < key <= until; None is open."""

    kind: str
    after: str | None = None
    until: str | None = None


def difference_table(metadata: MetaData) -> Table:
    """The table `copy_difference`: ranges of copies that were not equal, with both counts (empty key: open)."""
    return Table(
        "copy_difference",
        metadata,
        Column("consumer", String(64), primary_key=True),
        Column("kind", String(64), primary_key=True),
        Column("after_key", String(64), primary_key=True),
        Column("until_key", String(64), nullable=False),
        Column("seen", Integer, nullable=False),
        Column("owner_count", Integer, nullable=False),
        Column("copy_count", Integer, nullable=False),
        Column("first_seen_at", DateTime(timezone=True), nullable=False),
        Column("last_seen_at", DateTime(timezone=True), nullable=False),
        Column("asked_at", DateTime(timezone=True)),
    )


DIFFERENCE = difference_table(MetaData())


def key_of(kind: Owned, key: str | None) -> Any:
    """A key from its text, as the database's driver knows it."""
    if kind.table is None or key is None:
        return key
    (column,) = kind.table.primary_key.columns
    return column.type.python_type(key)


def digest_type(service: str) -> str:
    """The type of the events that carry a service's digests."""
    return f"{service}.digest.computed.v1"


# The owner's side


def say_all(database: Database, service: str, kinds: Sequence[Owned], *, behind_republications: bool = False) -> int:
    """Append digests of everything that is copied, each range in a transaction of its own; returns how many."""
    said = 0
    for kind in kinds:
        after: str | None = None
        while kind.table is not None:
            after = database.transact(_say_next, service, kind, after, behind_republications)
            said += 1
            if after is None:
                break
    return said


def say_one(tx: Connection, service: str, kind: Owned, wanted: Range, *, behind_republications: bool = False) -> None:
    """Append the digest of one range; if need be behind what is being said again, so that it comes after that."""
    if kind.table is None:
        return
    base = tx.execute(select(func.coalesce(func.max(RELAY_MARK.c.version_base), 0))).scalar_one()
    count, digest = tx.execute(_summary(kind.table, kind.version, wanted, base)).one()
    outbox.append(
        tx,
        type=digest_type(service),
        aggregate_id=new_id(),
        version=1,
        data={
            "kind": wanted.kind,
            "after": wanted.after,
            "until": wanted.until,
            "count": count,
            "digest": str(digest),
        },
        source=f"/{service}",
        republication=behind_republications,
    )


def _say_next(tx: Connection, service: str, kind: Owned, after: str | None, behind_republications: bool) -> str | None:
    """Say the range that begins after `after`; returns where it ends, None when nothing lies behind it."""
    assert kind.table is not None
    key = _key(kind.table)
    ends = select(cast(key, Text)).order_by(key).offset(RANGE_ROWS - 1).limit(2)
    found = list(tx.execute(ends if after is None else ends.where(key > _typed(kind.table, after))).scalars())
    until = found[0] if len(found) == 2 else None
    say_one(tx, service, kind, Range(kind.name, after, until), behind_republications=behind_republications)
    return until


def _key(table: Table) -> ColumnElement[Any]:
    """In an order that is the same in every database."""
    (column,) = table.primary_key.columns
    return column.collate("C") if isinstance(column.type, String) else column


def _typed(table: Table, key: str) -> ColumnElement[Any]:
    (column,) = table.primary_key.columns
    return cast(literal(key, String), column.type)


def _summary(table: Table, version: str, wanted: Range, base: int) -> Select[int, Any]:
    key = _key(table)
    (column,) = table.primary_key.columns
    text = func.concat(cast(column, Text), ":", cast(table.c[version] + base, Text))
    number = cast(cast(func.concat("x", func.left(func.md5(text), 16)), BIT(64)), BigInteger)
    query = select(func.count(), func.coalesce(func.bit_xor(number), 0)).select_from(table)
    if wanted.after is not None:
        query = query.where(key > _typed(table, wanted.after))
    if wanted.until is not None:
        query = query.where(key <= _typed(table, wanted.until))
    return query


# The listener's side


def compared(owner: str, consumer: str, copies: Sequence[Copied]) -> Mapping[str, Callable[[Connection, Event], None]]:
    """The handlers, by event type, of a durable consumer that keeps `copies` of what `owner` has."""
    tables = {copied.name: copied.table for copied in copies}

    def compare(tx: Connection, event: Event) -> None:
        data = event.data
        wanted = Range(data["kind"], data["after"], data["until"])
        table = tables.get(wanted.kind)
        if table is None:  # no copy of it here
            return
        if event.time < _now(tx) - _TOO_OLD:  # no longer what is so
            _PASSED_BY.labels(consumer).inc()
            return
        count, digest = tx.execute(_summary(table, "version", wanted, 0)).one()
        if (count, str(digest)) == (data["count"], data["digest"]):
            _forget(tx, consumer, wanted)
        else:
            _note(tx, consumer, wanted, data["count"], count, behind_republications=event.republication)

    return {digest_type(owner): compare}


def _now(tx: Connection) -> datetime:
    return tx.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one()


def _of(consumer: str, wanted: Range) -> ColumnElement[bool]:
    begins = DIFFERENCE.c.after_key == (wanted.after or "")
    return and_(DIFFERENCE.c.consumer == consumer, DIFFERENCE.c.kind == wanted.kind, begins)


def _forget(tx: Connection, consumer: str, wanted: Range) -> None:
    gone = tx.execute(delete(DIFFERENCE).where(_of(consumer, wanted)).returning(DIFFERENCE.c.seen)).scalar_one_or_none()
    if gone is not None and gone >= CONFIRMED:
        log.warning("copy_healed", consumer=consumer, kind=wanted.kind, after=wanted.after, until=wanted.until)


def _note(
    tx: Connection, consumer: str, wanted: Range, owner_count: int, copy_count: int, *, behind_republications: bool
) -> None:
    moment = _now(tx)
    counts = {"owner_count": owner_count, "copy_count": copy_count}
    values = {
        "consumer": consumer,
        "kind": wanted.kind,
        "after_key": wanted.after or "",
        "until_key": wanted.until or "",
        "seen": 1,
        "first_seen_at": moment,
        "last_seen_at": moment,
        **counts,
    }
    statement = insert(DIFFERENCE).values(values)
    seen, seen_at = DIFFERENCE.c.seen, DIFFERENCE.c.last_seen_at
    once_more = and_(seen >= CONFIRMED, seen_at < moment - _ONCE_MORE)
    another_look = seen_at < moment - _APART
    if not behind_republications:
        another_look = and_(another_look, seen < CONFIRMED)
    looks = {
        "seen": case((once_more, CONFIRMED), (another_look, seen + 1), else_=seen),
        "last_seen_at": case((or_(once_more, another_look), moment), else_=seen_at),
    }
    again = {**counts, **looks, "until_key": values["until_key"]}
    statement = statement.on_conflict_do_update(index_elements=list(DIFFERENCE.primary_key.columns), set_=again)
    noted = tx.execute(statement.returning(seen, seen_at)).one()
    if noted.seen >= CONFIRMED and noted.last_seen_at == moment:
        log.error(
            "copy_differs",
            consumer=consumer,
            kind=wanted.kind,
            after=wanted.after,
            until=wanted.until,
            owner_count=owner_count,
            copy_count=copy_count,
        )


def differences(tx: Connection) -> list[Row[Any]]:
    """Ranges of copies that differ from their owner, confirmed."""
    query = select(DIFFERENCE).where(DIFFERENCE.c.seen >= CONFIRMED)
    return list(tx.execute(query.order_by(DIFFERENCE.c.consumer, DIFFERENCE.c.kind, DIFFERENCE.c.after_key)))


def to_ask(tx: Connection) -> list[Row[Any]]:
    """Ranges to ask the owner about now, and note that he is asked; also sets the gauge of confirmed ones.

    While nothing comes of it the pauses grow, to half a minute.
    """
    confirmed = select(func.count()).select_from(DIFFERENCE).where(DIFFERENCE.c.seen >= CONFIRMED)
    _DIFFERENT.set(tx.execute(confirmed).scalar_one())
    asked_at = DIFFERENCE.c.asked_at
    pause = func.least(func.greatest(asked_at - DIFFERENCE.c.last_seen_at, _ASK_AGAIN), _ASK_SELDOM)
    moment = _now(tx)
    quiet = or_(asked_at.is_(None), asked_at + pause < moment)
    asked = update(DIFFERENCE).where(quiet, DIFFERENCE.c.seen < _GIVE_UP).values(asked_at=moment)
    rows = list(tx.execute(asked.returning(*DIFFERENCE.c)))
    _REPAIRS.inc(sum(row.seen >= CONFIRMED for row in rows))
    return rows


def purge(tx: Connection, older_than: datetime) -> int:
    """Forget differences not seen since then: their ranges begin elsewhere by now. Returns how many."""
    return tx.execute(delete(DIFFERENCE).where(DIFFERENCE.c.last_seen_at < older_than)).rowcount
