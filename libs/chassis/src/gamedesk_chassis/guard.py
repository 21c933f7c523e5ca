"""The guard notices a stream that lost what was published to it (a lost NATS disk) and publishes it all again; so it
does for a database that was put back from a backup, once it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_chassis.jobs import leadership
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.relay import NEVER, RELAY_MARK
from gamedesk_chassis.streams import INBOX_SECONDS

log = structlog.get_logger(__name__)

_ANSWER_SECONDS = 5.0
# Listeners that had not read an event before it was lost find it again, under its own id, for so long.
_SAID_AGAIN = timedelta(days=1)
# What is older, inboxes may have forgotten when it is read, which may take three days: it would have its effects twice.
_KNOWN = timedelta(seconds=INBOX_SECONDS) - timedelta(days=3)
_PAGE = 1000
_FILLING = "filling"  # with a number of its own, instead of when the stream was made: not done, or broken off
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# Appends republications of one page of aggregates (those after the given key, in the order of keys; the first
# time None) to the outbox, and returns the last key of the page, or None when there are no more.
RepublishPage = Callable[[Connection, Any], Any]


# Gets the pages and rows appended so far.
Progress = Callable[[int, int], None]


def republish(
    database: Database,
    kinds: Sequence[RepublishPage],
    progress: Progress | None = None,
    *,
    after: Any = None,
    until: str | None = None,
) -> tuple[int, int]:
    """Append the current state of everything the service owns to its outbox, page by page; returns pages and rows.

    It may be repeated, and broken off, at any time: listeners apply what is newer or equal. `progress` is called after
    each page. Of one kind it may be the keys from `after` to `until` (as text) alone, and some more to the page's end.
    """
    pages = rows = 0
    for page in kinds:
        last: Any = after
        while True:
            last, appended = database.transact(_append, page, last)
            pages, rows = pages + 1, rows + appended
            if progress is not None:
                progress(pages, rows)
            if last is None or (until is not None and str(last) >= until):
                break
    return pages, rows


def _append(tx: Connection, page: RepublishPage, last: Any) -> tuple[Any, int]:
    """The key that `page` returns, and how many rows it appended."""
    before = tx.execute(select(func.coalesce(func.max(OUTBOX.c.id), 0))).scalar_one()
    last = page(tx, last)
    appended = select(func.count()).where(OUTBOX.c.id > before, OUTBOX.c.republication)
    return last, tx.execute(appended).scalar_one()


def say_again(database: Database, but: Collection[str] = ()) -> int:
    """Let the relay publish the events of the last day once more, but for those of the types `but`; returns how many.

    The day ends with the newest event that was published; nothing is older than 12 days. Who had them knows their ids.
    A republication mends copies and has no effects; this brings the effects of events that nobody had read yet.
    """
    ids = database.transact(_last_published, but)
    for start in range(0, len(ids), _PAGE):
        database.transact(_unmark, ids[start : start + _PAGE])
    return len(ids)


def _last_published(tx: Connection, but: Collection[str]) -> list[int]:
    """By the primary key from its end, which is where the young ones are; in ascending order."""
    found: list[int] = []
    since = now() - _KNOWN
    below: int | None = None
    while True:
        page = select(OUTBOX.c.id, OUTBOX.c.type, OUTBOX.c.created_at, OUTBOX.c.republication, OUTBOX.c.published_at)
        page = page.order_by(OUTBOX.c.id.desc()).limit(_PAGE)
        rows = tx.execute(page if below is None else page.where(OUTBOX.c.id < below)).all()
        said = [row for row in rows if row.published_at is not None and not row.republication and row.type not in but]
        if said and not found:
            since = max(since, said[0].created_at - _SAID_AGAIN)
        found += [row.id for row in said if row.created_at >= since]
        if len(rows) < _PAGE or rows[-1].created_at < since:
            return found[::-1]
        below = rows[-1].id


def _unmark(tx: Connection, ids: Sequence[int]) -> None:
    tx.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(published_at=None))


def jump_ahead(tx: Connection, stream: str) -> int:
    """Tell a database put back from a backup that it lies behind what it has published; returns its new base.

    Listeners have seen versions that it knows nothing of, and a copy's version never falls (I5): from now on its
    versions count from the seconds since 2026, which no aggregate's changes catch up with. The guard then publishes
    everything again. The wall clock has to be right, as it has for tokens.
    """
    base = int((now() - _EPOCH).total_seconds())
    mark = insert(RELAY_MARK).values(stream=stream, created=NEVER, last_seq=0, version_base=base)
    higher = func.greatest(mark.excluded.version_base, RELAY_MARK.c.version_base + 1)
    again = {"created": NEVER, "version_base": higher}
    statement = mark.on_conflict_do_update(index_elements=["stream"], set_=again).returning(RELAY_MARK.c.version_base)
    return tx.execute(statement).scalar_one()


class StreamGuard:
    """Compares the stream with the relay's mark. A younger or a shorter stream has lost events."""

    def __init__(
        self,
        database: Database,
        js: JetStreamContext,
        stream: str,
        kinds: Sequence[RepublishPage],
        loop: asyncio.AbstractEventLoop,
        never_again: Collection[str],
    ) -> None:
        self._never_again = never_again
        self._database = database
        self._js = js
        self._stream = stream
        self._kinds = kinds
        self._loop = loop
        self.stream_is_missing = False

    def check(self) -> None:
        """Look once; run it in a thread every few seconds. Workers of one service never heal at the same time."""
        if self._lost() is None:
            return
        with leadership(self._database.engine, "republish") as leader:
            if not leader:
                return
            found = self._lost()
            if found is None:  # another worker was faster
                return
            log.error("stream_lost", stream=self._stream, made=found[0], last_seq=found[1])
            filling = f"{_FILLING} {uuid4().hex}"
            self._database.transact(self._set_mark, filling, found[1])
            again = say_again(self._database, self._never_again)
            pages, rows = republish(self._database, self._kinds)
            whole = self._database.transact(self._filled, filling, found[0])
            log.warning("republished", stream=self._stream, events_again=again, pages=pages, rows=rows, whole=whole)

    def _filled(self, tx: Connection, filling: str, created: str) -> bool:
        """Take the stream for whole, unless the relay noticed meanwhile that it was lost again: then the next turn
        begins anew."""
        of_stream = update(RELAY_MARK).where(RELAY_MARK.c.stream == self._stream, RELAY_MARK.c.created == filling)
        return bool(tx.execute(of_stream.values(created=created, checked_at=now())).rowcount)

    def _lost(self) -> tuple[str, int] | None:
        """(created, last sequence) of a stream that lost events, None if it did not."""
        mark = self._database.transact(self._mark)  # before the stream, which only grows
        try:
            info = asyncio.run_coroutine_threadsafe(self._js.stream_info(self._stream), self._loop).result(
                _ANSWER_SECONDS
            )
        except NotFoundError:
            self.stream_is_missing = True
            log.error("stream_missing", stream=self._stream, remedy="run the service's command `migrate`")
            return None
        self.stream_is_missing = False
        created, last_seq = rfc3339(info.created) or "", info.state.last_seq
        if mark is None:
            self._database.transact(self._set_mark, created, last_seq)
            return None
        if created == mark[0] and last_seq >= mark[1]:
            return None
        return created, last_seq

    def _mark(self, tx: Connection) -> tuple[str, int] | None:
        query = select(RELAY_MARK.c.created, RELAY_MARK.c.last_seq).where(RELAY_MARK.c.stream == self._stream)
        row = tx.execute(query).one_or_none()
        return None if row is None else (row.created, row.last_seq)

    def _set_mark(self, tx: Connection, created: str, last_seq: int) -> None:
        values = {"created": created, "last_seq": last_seq, "checked_at": now()}
        if not tx.execute(update(RELAY_MARK).where(RELAY_MARK.c.stream == self._stream).values(values)).rowcount:
            tx.execute(insert(RELAY_MARK).values(stream=self._stream, **values).on_conflict_do_nothing())
