"""What a consumer does with messages it was given: at most one effect each, in one transaction with the inbox."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gamedesk_chassis import inbox
from gamedesk_chassis.database import Database, will_pass
from gamedesk_chassis.events import Event, PoisonEvent
from gamedesk_chassis.reasons import reason_of
from gamedesk_chassis.service import Handler
from gamedesk_chassis.tracing import traced

log = structlog.get_logger(__name__)

_HANDLED = Counter("gamedesk_events_handled", "What became of received events", ["consumer", "outcome"])

# With the database away, one message after another would wait for it: after so long the rest is put off.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Delivery:
    """A message as it came."""

    subject: str
    payload: bytes
    message_id: str | None = None


class Verdict(Enum):
    DONE = "acknowledge it"
    LATER = "deliver it again"


class Processor:
    """Applies deliveries for one durable consumer; synchronous, to be called in a thread."""

    def __init__(self, database: Database, consumer: str, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._consumer = consumer
        self._handlers = handlers

    def process(self, deliveries: Sequence[Delivery]) -> list[Verdict]:
        """Handle all in one transaction; if that fails, each in one of its own."""
        if len(deliveries) > 1:
            try:
                self._apply([Event.from_bytes(delivery.payload) for delivery in deliveries])
                return [Verdict.DONE] * len(deliveries)
            except Exception as error:
                log.info("batch_split", consumer=self._consumer, error=type(error).__name__)
        started = time.monotonic()
        verdicts: list[Verdict] = []
        for delivery in deliveries:
            if Verdict.LATER in verdicts and time.monotonic() - started > _PATIENCE_SECONDS:
                verdicts.append(Verdict.LATER)
            else:
                verdicts.append(self._process_one(delivery))
        return verdicts

    def _process_one(self, delivery: Delivery) -> Verdict:
        try:
            self._apply([Event.from_bytes(delivery.payload)])
        except Exception as error:
            if not _can_wait(error):
                return self._bury(delivery, error)
            _HANDLED.labels(self._consumer, "put_off").inc()
            log.warning("event_put_off", consumer=self._consumer, error=type(error).__name__)
            return Verdict.LATER
        return Verdict.DONE

    def _apply(self, events: Sequence[Event]) -> None:
        known = [event for event in events if event.type in self._handlers]
        with self._database.begin() as tx:
            fresh = inbox.accept(tx, self._consumer, [event.id for event in known])
            applied = len(fresh)
            for event in known:
                if event.id in fresh:
                    fresh.remove(event.id)
                    self._handle(tx, event)
        _HANDLED.labels(self._consumer, "applied").inc(applied)
        _HANDLED.labels(self._consumer, "repeated").inc(len(known) - applied)
        _HANDLED.labels(self._consumer, "unknown_type").inc(len(events) - len(known))

    def _handle(self, tx: Connection, event: Event) -> None:
        with traced(event.traceparent):
            self._handlers[event.type](tx, event)

    def _bury(self, delivery: Delivery, error: Exception) -> Verdict:
        event_id = _event_id(delivery)
        try:
            with self._database.begin() as tx:
                why = _describe(error)
                buried = inbox.bury(tx, self._consumer, event_id, delivery.subject, delivery.payload, why)
        except Exception as trouble:
            log.warning("event_put_off", consumer=self._consumer, error=type(trouble).__name__)
            return Verdict.LATER
        if not buried:
            _HANDLED.labels(self._consumer, "repeated").inc()
            return Verdict.DONE
        _HANDLED.labels(self._consumer, "dead_letter").inc()
        log.error(
            "dead_letter",
            consumer=self._consumer,
            subject=delivery.subject,
            event_id=str(event_id),
            error=type(error).__name__,
        )
        return Verdict.DONE


def _can_wait(error: Exception) -> bool:
    """Whether waiting helps: everything that is the database's state and not the event's content.

    SQLSTATE class 42 is that too: a table, a column or a privilege that the next migration brings.
    """
    if isinstance(error, DBAPIError) and (getattr(error.orig, "sqlstate", None) or "").startswith("42"):
        return True
    return will_pass(error)


def _event_id(delivery: Delivery) -> UUID:
    """The event's id, or for a broken envelope one that is the same whenever the same message comes."""
    try:
        return Event.from_bytes(delivery.payload).id
    except PoisonEvent:
        pass
    try:
        return UUID(delivery.message_id or "")
    except ValueError:
        return uuid5(NAMESPACE_OID, delivery.payload.hex())


def _describe(error: Exception) -> str:
    """For the operator who reads the dead letter: the class, and what may be told (see `reasons`)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {reason_of(error)}".removesuffix(": ")
