"""What an operator does with dead letters: look at them, mend the cause, replay them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, literal, select, update

from gamedesk_chassis.clock import now
from gamedesk_chassis.events import Event
from gamedesk_chassis.inbox import DEAD_LETTER
from gamedesk_chassis.service import Handler
from gamedesk_chassis.tracing import traced


class CannotReplay(Exception):
    """This dead letter is not waiting (any more), or nothing handles it."""


class NotWaiting(CannotReplay):
    """This dead letter does not exist, or was replayed already."""


def waiting(tx: Connection, limit: int = 1000) -> list[Row[Any]]:
    """Dead letters that were not replayed, oldest first, without their payload."""
    columns = [column for column in DEAD_LETTER.c if column.name != "payload"]
    query = select(*columns).where(DEAD_LETTER.c.replayed_at.is_(None)).order_by(DEAD_LETTER.c.id).limit(limit)
    return list(tx.execute(query))


def drop(tx: Connection, naming: UUID) -> None:
    """Delete the letters that hold this id: it is somebody's of whom nothing is to stay."""
    names_it = func.position(literal(str(naming).encode()).op("IN")(DEAD_LETTER.c.payload)) > 0
    tx.execute(delete(DEAD_LETTER).where(names_it))


def replay(tx: Connection, letter_id: int, listeners: Mapping[str, Mapping[str, Handler]]) -> None:
    """Handle a dead letter once more, and mark it as done in the same transaction.

    Raises CannotReplay, PoisonEvent, or whatever the handler raises; the letter then stays as it is.
    """
    this = DEAD_LETTER.c.id == letter_id
    letter = tx.execute(select(DEAD_LETTER).where(this).with_for_update()).one_or_none()
    if letter is None or letter.replayed_at is not None:
        raise NotWaiting("there is no such dead letter waiting")
    event = Event.from_bytes(letter.payload)
    handler = listeners.get(letter.consumer, {}).get(event.type)
    if handler is None:
        raise CannotReplay(f"{letter.consumer} does not handle {event.type}")
    with traced(event.traceparent):
        handler(tx, event)
    tx.execute(update(DEAD_LETTER).where(this).values(replayed_at=now()))
