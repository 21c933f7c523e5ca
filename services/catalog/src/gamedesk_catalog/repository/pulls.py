"""Pulls of price lists, and the answers given to pushes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import jobs
from gamedesk_chassis.clock import now
from sqlalchemy import Connection, Row, Select, and_, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_catalog.model.pulls import Pull
from gamedesk_catalog.tables import item_pulls, price_pushes

# As text: a statement that has been prepared could not match its parameters with the index's condition.
_UNFINISHED = text("item_pulls.state IN ('queued', 'running')")
_PURGE_BATCH = 1000


def get(tx: Connection, pull_id: UUID) -> Pull | None:
    row = tx.execute(select(item_pulls).where(item_pulls.c.pull_id == pull_id)).one_or_none()
    return _pull(row) if row else None


def latest(tx: Connection, game_id: str) -> Pull | None:
    query = select(item_pulls).where(item_pulls.c.game_id == game_id).order_by(item_pulls.c.pull_id.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    return _pull(row) if row else None


def _pull(row: Row[Any]) -> Pull:
    return Pull(
        pull_id=row.pull_id,
        game_id=row.game_id,
        state=row.state,
        pages=row.pages,
        items_seen=row.items_seen,
        items_total=row.items_total,
        items_changed=row.items_changed,
        error=row.error,
        started_at=row.started_at,
        finished_at=row.finished_at,
        started_by=row.requested_by,
    )


def page_query(game_id: str | None, before: UUID | None, limit: int) -> Select[Any]:
    query = select(item_pulls).order_by(item_pulls.c.pull_id.desc()).limit(limit)
    if game_id is not None:
        query = query.where(item_pulls.c.game_id == game_id)
    return query if before is None else query.where(item_pulls.c.pull_id < before)


def list_page(tx: Connection, game_id: str | None, before: UUID | None, limit: int) -> list[Pull]:
    """The newest first (ids are made in the order of time)."""
    return [_pull(row) for row in tx.execute(page_query(game_id, before, limit))]


def insert_or_find(tx: Connection, pull_id: UUID, game_id: str, requested_by: str | None) -> UUID:
    """Queue a pull; or the id of the game's one that is not finished yet."""
    values = {
        "pull_id": pull_id,
        "game_id": game_id,
        "state": "queued",
        "pages": 0,
        "items_seen": 0,
        "items_changed": 0,
        "attempts": 0,
        "requested_by": requested_by,
        "due_at": now(),
    }
    statement = pg_insert(item_pulls).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=["game_id"],
        index_where=text("state IN ('queued', 'running')"),
        set_={"due_at": func.least(item_pulls.c.due_at, statement.excluded.due_at)},
    )
    return tx.execute(statement.returning(item_pulls.c.pull_id)).scalar_one()


def claim(tx: Connection, game_id: str, lease_seconds: float) -> Row[Any] | None:
    """The game's due pull (a row of item_pulls), leased and running; None if there is none for us."""
    due = and_(item_pulls.c.game_id == game_id, _UNFINISHED, item_pulls.c.due_at <= now())
    claimed = jobs.claim(tx, item_pulls, due, limit=1, lease_seconds=lease_seconds)
    if not claimed:
        return None
    started = {"state": "running", "started_at": func.coalesce(item_pulls.c.started_at, now())}
    mine = update(item_pulls).where(item_pulls.c.pull_id == claimed[0].pull_id)
    return tx.execute(mine.values(**started).returning(*item_pulls.c)).one()


def settle(tx: Connection, pull: Row[Any], values: Mapping[str, Any]) -> bool:
    """Give the claim back and write `values`; False if another worker has it by now."""
    return jobs.settle(tx, item_pulls, pull, values)


def begin_push(tx: Connection, game_id: str, event_id: str, body_hash: bytes) -> Row[Any] | None:
    """Remember a push. For one seen before its row (body_hash, results); waits for a concurrent repetition."""
    key = {"game_id": game_id, "event_id": event_id}
    values = {**key, "body_hash": body_hash, "results": [], "received_at": now()}
    new = tx.execute(
        pg_insert(price_pushes).values(**values).on_conflict_do_nothing().returning(price_pushes.c.event_id)
    ).first()
    if new is not None:
        return None
    return tx.execute(select(price_pushes).filter_by(**key)).one()


def finish_push(tx: Connection, game_id: str, event_id: str, results: list[list[str]]) -> None:
    tx.execute(update(price_pushes).filter_by(game_id=game_id, event_id=event_id).values(results=results))


def purge_pushes(tx: Connection, older_than: datetime) -> int:
    """Delete up to 1,000 pushes received before `older_than`; returns how many."""
    key = tuple_(price_pushes.c.game_id, price_pushes.c.event_id)
    old = select(price_pushes.c.game_id, price_pushes.c.event_id).where(price_pushes.c.received_at < older_than)
    return tx.execute(delete(price_pushes).where(key.in_(old.limit(_PURGE_BATCH)))).rowcount


def count_changed(tx: Connection, pull_id: UUID, changed: int) -> None:
    more = item_pulls.c.items_changed + changed
    tx.execute(update(item_pulls).where(item_pulls.c.pull_id == pull_id).values(items_changed=more))
