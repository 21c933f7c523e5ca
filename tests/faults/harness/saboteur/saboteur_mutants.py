"""Six programs that GameDesk must not be: in each, one of the precautions against loss and doubling is taken out.

Without a fault each of them works. `tests/faults/test_mutants.py` shows that the checks catch every one.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from gamedesk_chassis import consumer, copies, inbox, outbox, relay
from gamedesk_chassis.clock import now
from gamedesk_chassis.events import MSG_ID_HEADER, Event
from gamedesk_chassis.outbox import OUTBOX
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert


def become(mutant: str) -> None:
    """Take out the precaution. Raises KeyError: there is no such mutant."""
    MUTANTS[mutant]()


def _no_inbox() -> None:
    """What came is noted and not looked up: every delivery is a new event."""
    note = inbox.accept

    def accept(tx: Any, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
        note(tx, consumer, event_ids)
        return set(event_ids)

    inbox.accept = accept


def _no_version_guard() -> None:
    """A copy takes whatever comes last."""

    def upsert(table: Any, key: Sequence[str], values: Sequence[str], _allow_equal: bool) -> Any:
        columns = (*values, "version")
        statement = insert(table).values({n: bindparam(n, type_=table.c[n].type) for n in (*key, *columns)})
        changed = {name: statement.excluded[name] for name in columns}
        return statement.on_conflict_do_update(index_elements=[table.c[n] for n in key], set_=changed).returning(
            literal(1)
        )

    copies._upsert = upsert


def _publish_before_commit() -> None:
    """An event is in the stream before the transaction that it tells of has ended."""
    make = outbox._row

    def publishing(change: Any, source: str, actor: str | None, republication: bool) -> dict[str, Any]:
        row = make(change, source, actor, republication)
        event = Event(
            id=row["event_id"],
            source=source,
            type=change.type,
            subject=row["aggregate_id"],
            time=now(),
            aggregateversion=change.version,
            data=row["payload"],
            traceparent=None,
            republication=republication,
            actor=actor,
        )
        _publish(os.environ["GAMEDESK_NATS_URL"], event)
        return row

    outbox._row = publishing


def _publish(url: str, event: Event) -> None:
    """To NATS, from a program that has no event loop."""
    server = urlsplit(url)
    head, body = f"NATS/1.0\r\n{MSG_ID_HEADER}: {event.id}\r\n\r\n".encode(), event.to_bytes()
    with socket.create_connection((server.hostname or "", server.port or 0), timeout=5) as connection:
        answers = connection.makefile("rb")
        answers.readline()  # INFO
        sign_in = f'{{"verbose":false,"headers":true,"user":"{server.username}","pass":"{server.password}"}}'
        message = b"%s%s\r\nPING\r\n" % (head, body)
        publish = f"HPUB {event.type} {len(head)} {len(head) + len(body)}\r\n".encode()
        connection.sendall(f"CONNECT {sign_in}\r\n".encode() + publish + message)
        if answers.readline() != b"PONG\r\n":
            raise AssertionError("NATS refused what the mutant published")


def _ack_before_commit() -> None:
    """A message is acknowledged when it was taken, not when it was dealt with."""

    async def work(this: Any, messages: Sequence[Any]) -> None:
        for message in messages:
            await message.ack()
        await this._nc.flush()
        deliveries = [
            consumer.Delivery(m.subject, m.data, (m.headers or {}).get(consumer.MSG_ID_HEADER)) for m in messages
        ]
        await asyncio.to_thread(this._processor.process, deliveries)

    consumer.Consumer._work = work  # type: ignore[method-assign]


def _cursor_relay() -> None:
    """The relay goes on from the highest number that it has published."""

    def next_batch(size: int) -> Any:
        cursor = select(func.coalesce(func.max(OUTBOX.c.id), 0)).where(OUTBOX.c.published_at.is_not(None))
        return select(OUTBOX).where(OUTBOX.c.id > cursor.scalar_subquery()).order_by(OUTBOX.c.id).limit(size)

    relay._next_batch = next_batch


def _increments() -> None:
    """A merge adds what the one record was contacted to what the other was, instead of counting for both anew: right
    as long as each version of a player is applied once, and what an owner says again is applied again."""
    from gamedesk_sales import consumers  # only its own worker has it to hand

    copy = consumers._copy

    def copying(tx: Any, event: Any, table: Any, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        applied = copy(tx, event, table, key, values)  # type: ignore[arg-type]
        if applied and values.get("merged_into"):
            for statement in _JOINED:
                tx.execute(text(statement), {"survivor": values["merged_into"], "loser": key["player_id"]})
        return applied

    consumers._copy = copying
    consumers.follow_merge = lambda *_: None


_JOINED = (
    """UPDATE campaign_calls c SET touches = c.touches + (SELECT count(*) FROM touches t
        WHERE t.campaign_id = c.campaign_id AND t.player_id = :loser) WHERE c.player_id = :survivor""",
    """UPDATE campaign_calls c SET touches = s.touches FROM campaign_calls s
        WHERE s.campaign_id = c.campaign_id AND s.player_id = :survivor AND c.player_id = :loser""",
)


MUTANTS: dict[str, Callable[[], None]] = {
    "no-inbox": _no_inbox,
    "no-version-guard": _no_version_guard,
    "publish-before-commit": _publish_before_commit,
    "ack-before-commit": _ack_before_commit,
    "cursor-relay": _cursor_relay,
    "increments": _increments,
}
