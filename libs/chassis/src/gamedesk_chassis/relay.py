"""The relay takes events from the outbox to JetStream: each at least once, each aggregate's in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from enum import Enum
from typing import Any

import structlog
from nats.aio.client import Client
from prometheus_client import Counter, Gauge
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    func,
    literal,
    select,
    text,
    update,
)

from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.health import Pulse
from gamedesk_chassis.jobs import pause
from gamedesk_chassis.outbox import OUTBOX, to_event
from gamedesk_chassis.publisher import Publisher, Receipt

log = structlog.get_logger(__name__)

_PUBLISHED = Counter("gamedesk_outbox_published", "Events taken from the outbox to the stream")
_UNPUBLISHED = Gauge("gamedesk_outbox_unpublished", "Events waiting in the outbox")
_OLDEST = Gauge("gamedesk_outbox_oldest_seconds", "Age of the oldest event waiting in the outbox")

# Two-part keys keep clear of the single keys that use cases hash.
_LEADER_LOCK = text("SELECT pg_try_advisory_xact_lock(0x6f7574, 1)")
# One batch is one transaction: its publishing has to end well before the idle-in-transaction timeout.
_PUBLISH_SECONDS = 4.0
_MAX_BACKOFF = 2.0
# Asking an idle database 20 times a second takes 4 % of a core: after some seconds without an event, less often.
_BUSY_SECONDS = 10.0
_IDLE_FACTOR = 4

NEVER = "never"


def relay_mark_table(metadata: MetaData) -> Table:
    """The table `relay_mark`: which stream (by the time it was made), and how far into it, has been published.

    `version_base` is added to each version on its way out. A database that was put back from a backup raises it, so
    that what it says next is newer than whatever the lost one had said (decision 27).
    """
    return Table(
        "relay_mark",
        metadata,
        Column("stream", String(64), primary_key=True),
        Column("created", String(40), nullable=False),
        Column("last_seq", BigInteger, nullable=False),
        Column("version_base", Integer, nullable=False, server_default="0"),
        Column("checked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )


RELAY_MARK = relay_mark_table(MetaData())


class Pass(Enum):
    """How one turn of the relay went."""

    IDLE = "nothing to publish"
    STANDBY = "another worker publishes"
    PUBLISHED = "all that was read is in the stream"
    STUCK = "some or all could not be published"


class Relay:
    """Publishes the service's outbox to `stream`. Any number may run; one at a time leads, batch by batch."""

    def __init__(
        self,
        database: Database,
        nc: Client,
        stream: str,
        *,
        batch_size: int = 500,
        poll_seconds: float = 0.05,
    ) -> None:
        self._database = database
        self._publisher = Publisher(nc, stream)
        self._stream = stream
        self._batch_size = batch_size
        self._poll_seconds = poll_seconds
        self._peek: Connection | None = None
        self.pulse = Pulse()
        self._had_work = float("-inf")

    @property
    def stream_is_full(self) -> bool:
        """The stream takes nothing more for want of room; events wait in the outbox until there is some."""
        return self._publisher.stream_is_full

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until `stop` is set; a batch that has begun is finished."""
        loop = asyncio.get_running_loop()
        backoff = self._poll_seconds
        try:
            while not stop.is_set():
                outcome = await asyncio.to_thread(self._turn, loop)
                if outcome is Pass.STUCK:
                    backoff = min(_MAX_BACKOFF, backoff * 2)
                    await pause(stop, backoff)
                    continue
                self.pulse.beat()
                backoff = self._poll_seconds
                if outcome is not Pass.PUBLISHED:
                    self._publisher.note_full(False)
                if outcome is Pass.IDLE:
                    await pause(stop, self._idle_pause())
                elif outcome is Pass.STANDBY:
                    await pause(stop, self._poll_seconds * 5)
        finally:
            await asyncio.to_thread(self._close_peek)

    def _idle_pause(self) -> float:
        busy = time.monotonic() - self._had_work < _BUSY_SECONDS
        return self._poll_seconds if busy else self._poll_seconds * _IDLE_FACTOR

    def _turn(self, loop: asyncio.AbstractEventLoop) -> Pass:
        try:
            if not self._has_work():
                return Pass.IDLE
            self._had_work = time.monotonic()
            return self._publish_batch(loop)
        except Exception as error:
            self._close_peek()
            log.warning("relay_failed", stream=self._stream, error=type(error).__name__, exc_info=True)
            return Pass.STUCK

    def _has_work(self) -> bool:
        """A question asked 5 to 20 times a second: one round trip on a connection of its own, no transaction."""
        if self._peek is None:
            self._peek = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        waiting = text("SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)")
        return self._peek.execute(waiting).scalar_one()

    def _close_peek(self) -> None:
        if self._peek is not None:
            self._peek.invalidate()
            self._peek.close()
            self._peek = None

    def _publish_batch(self, loop: asyncio.AbstractEventLoop) -> Pass:
        with self._database.begin() as tx:
            if not tx.execute(_LEADER_LOCK).scalar_one():
                return Pass.STANDBY
            rows = tx.execute(_next_batch(self._batch_size)).all()
            if not rows:
                return Pass.IDLE
            mark = tx.execute(
                select(RELAY_MARK.c.last_seq, RELAY_MARK.c.version_base)
                .where(RELAY_MARK.c.stream == self._stream)
                .with_for_update()
            ).one_or_none()
            base = mark.version_base if mark else 0
            publishing = self._publisher.publish([to_event(row, base) for row in rows], seconds=_PUBLISH_SECONDS)
            receipts = asyncio.run_coroutine_threadsafe(publishing, loop).result()
            self._note(tx, rows, receipts, mark.last_seq if mark else None)
        _PUBLISHED.inc(len(receipts))
        return Pass.PUBLISHED if len(receipts) == len(rows) else Pass.STUCK

    def _note(self, tx: Connection, rows: Sequence[Row[Any]], receipts: dict[int, Receipt], mark: int | None) -> None:
        if not receipts:
            return
        done = [rows[position].id for position in receipts]
        tx.execute(update(OUTBOX).where(OUTBOX.c.id.in_(done)).values(published_at=now()))
        sequences = [receipt.sequence for receipt in receipts.values() if receipt.sequence is not None]
        if not sequences or mark is None:
            return
        of_stream = update(RELAY_MARK).where(RELAY_MARK.c.stream == self._stream)
        if min(sequences) <= mark:  # the stream is shorter than it was: the guard will see to it
            log.error("stream_lost_events", stream=self._stream, published_up_to=mark, now_at=min(sequences))
            tx.execute(of_stream.values(created=NEVER))
        else:
            tx.execute(of_stream.values(last_seq=max(sequences)))


def _next_batch(size: int) -> Select[Any]:
    """What is new before what is only said again, so that a republication of everything holds up no fresh fact.

    An aggregate's republished state may so come after a newer one: no copy takes it then.
    """
    waiting = select(OUTBOX).where(OUTBOX.c.published_at.is_(None))
    return waiting.order_by(OUTBOX.c.republication, OUTBOX.c.id).limit(size)


def measure(database: Database) -> None:
    """Set the gauges of waiting events; run it every few seconds."""
    age = func.coalesce(func.extract("epoch", func.now() - func.min(OUTBOX.c.created_at)), literal(0))
    with database.begin() as tx:
        row = tx.execute(select(func.count(), age).where(OUTBOX.c.published_at.is_(None))).one()
    _UNPUBLISHED.set(row[0])
    _OLDEST.set(float(row[1]))
