"""Merges of players."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from gamedesk_players.model.merges import Merge
from gamedesk_players.tables import merges


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        merge_id=row.merge_id,
        survivor_id=row.survivor_id,
        loser_id=row.loser_id,
        owner_before=row.owner_before,
        moved=tuple(row.moved),
        fields={name: (_value(before), _value(after)) for name, (before, after) in row.fields.items()},
        merged_by=row.merged_by,
        merged_at=row.merged_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )


def _value(value: Any) -> Any:
    """JSON knows no tuples; the tags of a player are one."""
    return tuple(value) if isinstance(value, list) else value


def insert_merge(tx: Connection, merge: Merge) -> None:
    tx.execute(
        insert(merges).values(
            merge_id=merge.merge_id,
            survivor_id=merge.survivor_id,
            loser_id=merge.loser_id,
            owner_before=merge.owner_before,
            moved=list(merge.moved),
            fields=merge.fields,
            merged_by=merge.merged_by,
            merged_at=merge.merged_at,
        )
    )


def get(tx: Connection, merge_id: UUID) -> Merge | None:
    row = tx.execute(select(merges).where(merges.c.merge_id == merge_id)).one_or_none()
    return _merge(row) if row else None


def page_of(tx: Connection, ids: Sequence[UUID], before: UUID | None, limit: int) -> list[Merge]:
    """Merges in which one of these players took part, the newest first."""
    return [_merge(row) for row in tx.execute(page_query(ids, before, limit))]


def page_query(ids: Sequence[UUID], before: UUID | None, limit: int) -> Select[Any]:
    query = select(merges).where(or_(merges.c.survivor_id.in_(ids), merges.c.loser_id.in_(ids)))
    query = query if before is None else query.where(merges.c.merge_id < before)
    return query.order_by(merges.c.merge_id.desc()).limit(limit)


def standing_after(tx: Connection, merge: Merge) -> list[Merge]:
    """Later merges into the same survivor that were not undone, in their order."""
    later = (merges.c.survivor_id == merge.survivor_id, merges.c.merge_id > merge.merge_id)
    query = select(merges).where(*later, merges.c.undone_at.is_(None)).order_by(merges.c.merge_id)
    return [_merge(row) for row in tx.execute(query)]


def standing_into(tx: Connection, survivor_id: UUID) -> list[Merge]:
    """Merges into this player that were not undone, the newest first."""
    query = select(merges).where(merges.c.survivor_id == survivor_id, merges.c.undone_at.is_(None))
    return [_merge(row) for row in tx.execute(query.order_by(merges.c.merge_id.desc()))]


def set_fields(tx: Connection, merge_id: UUID, fields: dict[str, tuple[Any, Any]]) -> None:
    tx.execute(update(merges).where(merges.c.merge_id == merge_id).values(fields=fields))


def set_undone(tx: Connection, merge_id: UUID, agent_id: str, reason: str, moment: datetime) -> None:
    values = {"undone_by": agent_id, "undo_reason": reason, "undone_at": moment}
    tx.execute(update(merges).where(merges.c.merge_id == merge_id).values(values))
