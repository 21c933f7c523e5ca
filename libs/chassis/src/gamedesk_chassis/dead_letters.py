"""What an operator does with dead letters: look at them, mend the cause, replay them, or give them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Row, delete, func, literal, select, update

from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database, will_pass
from gamedesk_chassis.errors import Conflict, NotFound, Unavailable
from gamedesk_chassis.events import Event, PoisonEvent
from gamedesk_chassis.inbox import DEAD_LETTER
from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.service import Handler
from gamedesk_chassis.tracing import traced

log = structlog.get_logger(__name__)


class CannotReplay(Exception):
    """Nothing handles this dead letter."""


class NoSuchLetter(NotFound):
    """This dead letter never was, or was dropped with whom it was about."""


class NotWaiting(Conflict):
    """This dead letter was replayed or given up already."""

    slug = "dead-letter-not-waiting"
    title = "This dead letter does not wait any more"


class FailsAgain(Conflict):
    slug = "dead-letter-fails-again"
    title = "It failed again; the cause has to be mended first"


def waiting(tx: Connection, limit: int = 1000) -> list[Row[Any]]:
    """Dead letters that were not replayed, oldest first, without their payload."""
    columns = [column for column in DEAD_LETTER.c if column.name != "payload"]
    query = select(*columns).where(DEAD_LETTER.c.replayed_at.is_(None)).order_by(DEAD_LETTER.c.id).limit(limit)
    return list(tx.execute(query))


def get(tx: Connection, letter_id: int) -> Row[Any] | None:
    """A dead letter with its payload, replayed or not."""
    return tx.execute(select(DEAD_LETTER).where(DEAD_LETTER.c.id == letter_id)).one_or_none()


def waiting_view(tx: Connection, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of those that wait, oldest first, as the contract's DeadLetters.

    Neither the event nor the text of the error is in it, which may hold what the event said.
    """
    after = decode_cursor(cursor, [int])
    query = select(DEAD_LETTER).where(DEAD_LETTER.c.replayed_at.is_(None)).order_by(DEAD_LETTER.c.id).limit(limit + 1)
    rows = tx.execute(query if after is None else query.where(DEAD_LETTER.c.id > after[0])).all()
    kept, next_cursor = page(rows, limit, lambda row: [row.id])
    return {"items": [_view(row) for row in kept], "next_cursor": next_cursor, "waiting": _count(tx)}


def _count(tx: Connection) -> int:
    some = select(DEAD_LETTER.c.id).where(DEAD_LETTER.c.replayed_at.is_(None)).limit(100_000).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()


def _view(row: Row[Any]) -> dict[str, Any]:
    try:
        about: str | None = Event.from_bytes(row.payload).subject[:64]
    except PoisonEvent:
        about = None
    return {
        "letter_id": row.id,
        "consumer": row.consumer,
        "type": row.subject,
        "event_id": str(row.event_id),
        "about": about,
        "error": row.error.partition(":")[0][:64],
        "failed_at": rfc3339(row.failed_at),
    }


def replay_for_caller(database: Database, letter_id: int, listeners: Mapping[str, Mapping[str, Handler]]) -> None:
    """`replay` behind the HTTP API: raises NoSuchLetter, NotWaiting, or FailsAgain with the kind of error alone.

    Trouble that passes is raised as it is (503): it says nothing about the letter, and perhaps the COMMIT was done.
    """
    try:
        database.transact(replay, letter_id, listeners)
    except (NoSuchLetter, NotWaiting, Unavailable):
        raise
    except Exception as error:
        if will_pass(error):
            raise
        log.warning("dead_letter_fails_again", letter_id=letter_id, error=type(error).__name__, exc_info=True)
        raise FailsAgain(type(error).__name__) from error
    log.info("dead_letter_replayed", letter_id=letter_id)


def discard(tx: Connection, letter_id: int) -> None:
    """Give a dead letter up: it is marked as done without having been handled. Raises NoSuchLetter, NotWaiting."""
    this = DEAD_LETTER.c.id == letter_id, DEAD_LETTER.c.replayed_at.is_(None)
    if not tx.execute(update(DEAD_LETTER).where(*this).values(replayed_at=now())).rowcount:
        raise NoSuchLetter if get(tx, letter_id) is None else NotWaiting


def drop(tx: Connection, naming: UUID) -> None:
    """Delete the letters that hold this id: it is somebody's of whom nothing is to stay."""
    names_it = func.position(literal(str(naming).encode()).op("IN")(DEAD_LETTER.c.payload)) > 0
    tx.execute(delete(DEAD_LETTER).where(names_it))


def replay(tx: Connection, letter_id: int, listeners: Mapping[str, Mapping[str, Handler]]) -> None:
    """Handle a dead letter once more, and mark it as done in the same transaction.

    Raises NoSuchLetter, NotWaiting, CannotReplay, PoisonEvent, or whatever the handler raises; the letter then stays
    as it is.
    """
    this = DEAD_LETTER.c.id == letter_id
    letter = tx.execute(select(DEAD_LETTER).where(this).with_for_update()).one_or_none()
    if letter is None:
        raise NoSuchLetter
    if letter.replayed_at is not None:
        raise NotWaiting
    event = Event.from_bytes(letter.payload)
    handler = listeners.get(letter.consumer, {}).get(event.type)
    if handler is None:
        raise CannotReplay(f"{letter.consumer} does not handle {event.type}")
    with traced(event.traceparent):
        handler(tx, event)
    tx.execute(update(DEAD_LETTER).where(this).values(replayed_at=now()))
