"""Erasing a person, and the list of those erased, which outlives a restored backup."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.idempotency import forget_bodies
from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.repository import imports
from gamedesk_players.tables import (
    contact_reveals,
    erasures,
    idempotency_keys,
    merges,
    player_history,
    player_names,
    player_phones,
    player_wechat_ids,
    players,
    profile_syncs,
    profiles,
)

ERASED_TEXT = "[erased]"


@dataclass(frozen=True)
class Erasure:
    player_id: UUID
    erased_by: str
    reason: str
    erased_at: datetime


def record(tx: Connection, erasure: Erasure) -> None:
    """Once for each player; a repetition changes nothing."""
    tx.execute(pg_insert(erasures).values(**vars(erasure)).on_conflict_do_nothing())


def listed(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are on the list."""
    return set(tx.execute(select(erasures.c.player_id).where(erasures.c.player_id.in_(ids))).scalars())


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Erasure]:
    query = select(erasures).order_by(erasures.c.player_id).limit(limit)
    rows = tx.execute(query if after is None else query.where(erasures.c.player_id > after))
    return [Erasure(row.player_id, row.erased_by, row.reason, row.erased_at) for row in rows]


def mark_erased(tx: Connection, player_id: UUID, moment: datetime) -> None:
    tx.execute(update(players).where(players.c.player_id == player_id).values(erased_at=moment))


def remove_all_of(tx: Connection, ids: Sequence[UUID]) -> None:
    """Remove what these players (locked before) are known by.

    Rows of imports go first, which are found by what goes next; then syncs: an answer of a game that is being applied
    is waited for, a later one finds no claim.
    """
    imported = imports.forget_players(tx, ids)
    forget_bodies(tx, idempotency_keys, [str(i) for i in (*ids, *imported)])
    for table in (profile_syncs, profiles, player_names, player_phones, player_wechat_ids):
        tx.execute(delete(table).where(table.c.player_id.in_(ids)))
    tx.execute(update(player_history).where(player_history.c.player_id.in_(ids)).values(details={}))
    tx.execute(update(contact_reveals).where(contact_reveals.c.player_id.in_(ids)).values(reason=ERASED_TEXT))
    took_part = or_(merges.c.survivor_id.in_(ids), merges.c.loser_id.in_(ids))
    tx.execute(update(merges).where(took_part).values(fields={}, undo_reason=None))
