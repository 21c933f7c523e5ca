"""The history of players."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, Row, Select, String, and_, cast, func, insert, select, tuple_, union_all

from gamedesk_players.model.history import HistoryEntry, HistoryKind
from gamedesk_players.tables import contact_reveals, player_history


def record(
    tx: Connection,
    player_id: UUID,
    kind: HistoryKind,
    details: Mapping[str, Any],
    *,
    agent_id: str | None = None,
    profile_id: UUID | None = None,
    happened_at: datetime | None = None,
) -> None:
    """Append an entry; `details` is plain JSON, `agent_id` who did it (None: a game reported it)."""
    tx.execute(
        insert(player_history).values(
            history_id=new_id(),
            player_id=player_id,
            profile_id=profile_id,
            kind=kind,
            details=dict(details),
            agent_id=agent_id,
            happened_at=happened_at or now(),
        )
    )


def page_of(tx: Connection, family: Sequence[UUID], before: UUID | None, limit: int) -> list[HistoryEntry]:
    """Entries of these players together, the newest first. A merge, which both sides have, counts at the survivor."""
    return [HistoryEntry(**row._mapping) for row in tx.execute(page_query(family, before, limit))]


def page_query(family: Sequence[UUID], before: UUID | None, limit: int) -> Select[Any]:
    """The newest of each player by the index, then the newest of these."""
    newest = union_all(*(_of_one(player_id, index == 0, before, limit) for index, player_id in enumerate(family)))
    entries = newest.subquery()
    return select(entries).order_by(entries.c.history_id.desc()).limit(limit)


def _of_one(player_id: UUID, is_root: bool, before: UUID | None, limit: int) -> Select[Any]:
    c = player_history.c
    query = select(player_history).where(c.player_id == player_id)
    if before is not None:
        query = query.where(c.history_id < before)
    if not is_root:
        loser = func.coalesce(c.details["loser_id"].astext, "")  # of one who was erased, nothing says who it was
        losers_side = and_(c.kind.in_(["merged", "merge_undone"]), loser == cast(player_id, String))
        query = query.where(~losers_side)
    return query.order_by(c.history_id.desc()).limit(limit).subquery().select()


def reveals_page(tx: Connection, family: Sequence[UUID], before: tuple[Any, ...] | None, limit: int) -> list[Row[Any]]:
    """Rows of contact_reveals, the newest first; `before`: (revealed_at, reveal_id)."""
    c = contact_reveals.c
    query = select(contact_reveals).where(c.player_id.in_(family))
    if before is not None:
        query = query.where(tuple_(c.revealed_at, c.reveal_id) < before)
    return list(tx.execute(query.order_by(c.revealed_at.desc(), c.reveal_id.desc()).limit(limit)))
