"""Resyncs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from gamedesk_players.model.resyncs import Resync, ResyncState
from gamedesk_players.tables import resyncs


def add(tx: Connection, resync: Resync) -> None:
    tx.execute(insert(resyncs).values(**_columns(resync)))


def save(tx: Connection, resync: Resync) -> None:
    tx.execute(update(resyncs).where(resyncs.c.resync_id == resync.resync_id).values(**_columns(resync)))


def get(tx: Connection, resync_id: UUID) -> Resync | None:
    row = tx.execute(select(resyncs).where(resyncs.c.resync_id == resync_id)).one_or_none()
    return _resync(row) if row else None


def list_page(tx: Connection, before: UUID | None, limit: int) -> list[Resync]:
    """The newest first (ids are made in the order of time)."""
    query = select(resyncs).order_by(resyncs.c.resync_id.desc()).limit(limit)
    query = query if before is None else query.where(resyncs.c.resync_id < before)
    return [_resync(row) for row in tx.execute(query)]


def unfinished_of(tx: Connection, game_ids: Sequence[str]) -> UUID | None:
    """A resync that is not done and that asks one of these games."""
    query = select(resyncs.c.resync_id).where(resyncs.c.state != "done", resyncs.c.game_ids.overlap(list(game_ids)))
    return tx.execute(query.limit(1)).scalar()


def lock_unfinished(tx: Connection, state: ResyncState, limit: int) -> list[Resync]:
    """The oldest in a state (not done) that nobody else works on."""
    unfinished = resyncs.c.state != "done"  # as the index has it
    query = select(resyncs).where(unfinished, resyncs.c.state == state).order_by(resyncs.c.resync_id)
    return [_resync(row) for row in tx.execute(query.limit(limit).with_for_update(skip_locked=True))]


def _resync(row: Row[Any]) -> Resync:
    return Resync(**{**row._mapping, "game_ids": tuple(row.game_ids)})


def _columns(resync: Resync) -> dict[str, Any]:
    return {**asdict(resync), "game_ids": list(resync.game_ids)}
