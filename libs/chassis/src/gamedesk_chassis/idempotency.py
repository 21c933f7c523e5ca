"""Idempotency-Key: creating or appending twice with one key has one effect.

The key is scoped to caller and operation, stored in the use case's own transaction with nothing but status and
resource id, and kept for 7 days (`purge`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from gamedesk_chassis import effects
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import Conflict, RuleViolation

_FORGOTTEN = b""


class RequestInFlight(Conflict):
    slug = "request-in-flight"
    title = "The first request with this Idempotency-Key is still being worked on"


class KeyReused(RuleViolation):
    slug = "idempotency-key-reused"
    title = "This Idempotency-Key was used with another body"


@dataclass(frozen=True)
class Outcome:
    """What a creating use case leaves behind: the id to read the answer from, and the HTTP status."""

    resource_id: str
    status: int = 201
    replayed: bool = False


def idempotency_table(metadata: MetaData) -> Table:
    return Table(
        "idempotency_keys",
        metadata,
        Column("caller", String(64), primary_key=True),
        Column("operation", String(64), primary_key=True),
        Column("key", String(64), primary_key=True),
        Column("body_hash", LargeBinary, nullable=False),
        Column("status", Integer, nullable=False),
        Column("resource_id", String(64), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    )


def body_hash(body: Any) -> bytes:
    """SHA-256 of the canonical JSON (sorted keys) of a body.

    It hides nothing that can be guessed, such as a phone or a short password: a use case leaves secrets out of its
    body, and `forget_bodies` takes out what names a person who was erased.
    """
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


def run_once(
    tx: Connection,
    table: Table,
    *,
    caller: str,
    operation: str,
    key: str,
    body: Any,
    use_case: Callable[[Connection], Outcome],
) -> Outcome:
    """Run `use_case` unless this key has been seen; then give the first outcome again.

    Raises RequestInFlight while another transaction works on the same key, KeyReused if the body differs.
    """
    lock = func.hashtextextended(f"{caller}\n{operation}\n{key}", 0)
    if not tx.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar_one():
        raise RequestInFlight()
    first = first_outcome(tx, table, caller=caller, operation=operation, key=key, body=body)
    if first is not None:
        return first
    outcome = use_case(tx)
    tx.execute(
        insert(table).values(
            caller=caller,
            operation=operation,
            key=key,
            body_hash=body_hash(body),
            status=outcome.status,
            resource_id=outcome.resource_id,
            created_at=now(),
        )
    )
    return outcome


def first_outcome(tx: Connection, table: Table, *, caller: str, operation: str, key: str, body: Any) -> Outcome | None:
    """What `run_once` left behind under this key, None if it has not been seen. Raises KeyReused."""
    seen = tx.execute(
        select(table.c.body_hash, table.c.status, table.c.resource_id).where(
            table.c.caller == caller, table.c.operation == operation, table.c.key == key
        )
    ).one_or_none()
    if seen is None:
        return None
    if seen.body_hash not in (body_hash(body), _FORGOTTEN):
        raise KeyReused("Use a new key for a new request.", pointer="/header/Idempotency-Key")
    effects.note()  # it was done, whatever becomes of reading the answer
    return Outcome(seen.resource_id, seen.status, replayed=True)


def forget_bodies(tx: Connection, table: Table, resource_ids: Collection[str]) -> None:
    """Forget what the requests held that these came from; their keys go on giving the first outcome, whatever the body.

    A keyed hash would do for all rows at once, but its secret would have to lie outside of the database and of what is
    backed up with it, be the same for all processes of a service, and never be lost while a client may repeat itself.
    `resource_id` needs an index.
    """
    made = table.c.resource_id.in_(resource_ids)
    tx.execute(update(table).where(made).values(body_hash=_FORGOTTEN))


def purge(tx: Connection, table: Table, older_than: datetime) -> int:
    """Delete keys made before `older_than`, at most 5,000 at a time; returns how many."""
    ids = select(table.c.caller, table.c.operation, table.c.key).where(table.c.created_at < older_than).limit(5000)
    gone = tx.execute(delete(table).where(func.row(table.c.caller, table.c.operation, table.c.key).in_(ids)))
    return gone.rowcount
