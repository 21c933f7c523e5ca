"""Handoffs, and whom they still have to move."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from gamedesk_players.model.handoffs import Handoff
from gamedesk_players.tables import handoffs, players

_RUNNING = handoffs.c.state == "running"


def _handoff(row: Row[Any]) -> Handoff:
    return Handoff(
        handoff_id=row.handoff_id,
        from_agent_id=row.from_agent_id,
        to_agent_id=row.to_agent_id,
        reason=row.reason,
        state=row.state,
        total=row.total,
        moved=row.moved,
        requested_by=row.requested_by,
        created_at=row.created_at,
        finished_at=row.finished_at,
        stop_reason=row.stop_reason,
    )


def insert_handoff(tx: Connection, handoff: Handoff) -> None:
    tx.execute(insert(handoffs).values(**vars(handoff)))


def save(tx: Connection, handoff: Handoff) -> None:
    tx.execute(update(handoffs).where(handoffs.c.handoff_id == handoff.handoff_id).values(**vars(handoff)))


def get(tx: Connection, handoff_id: UUID) -> Handoff | None:
    row = tx.execute(select(handoffs).where(handoffs.c.handoff_id == handoff_id)).one_or_none()
    return _handoff(row) if row else None


def list_page(tx: Connection, before: UUID | None, limit: int) -> list[Handoff]:
    """The newest first."""
    query = select(handoffs).order_by(handoffs.c.handoff_id.desc()).limit(limit)
    query = query if before is None else query.where(handoffs.c.handoff_id < before)
    return [_handoff(row) for row in tx.execute(query)]


def is_busy(tx: Connection, agent_ids: list[str]) -> bool:
    """Whether one of these gives or takes players in a handoff that is still running."""
    touches = or_(handoffs.c.from_agent_id.in_(agent_ids), handoffs.c.to_agent_id.in_(agent_ids))
    return tx.execute(select(handoffs.c.handoff_id).where(_RUNNING, touches).limit(1)).one_or_none() is not None


def claim_running(tx: Connection) -> Handoff | None:
    """The oldest running one that no other worker holds, until this transaction ends."""
    query = select(handoffs).where(_RUNNING).order_by(handoffs.c.handoff_id).limit(1)
    row = tx.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return _handoff(row) if row else None


def count_players(tx: Connection, owner: str) -> int:
    """Without those who were merged into another: they follow him."""
    mine = (players.c.owner_agent_id == owner, players.c.merged_into.is_(None))
    return tx.execute(select(func.count()).select_from(players).where(*mine)).scalar_one()


def next_ids(tx: Connection, owner: str, limit: int) -> list[UUID]:
    return list(tx.execute(next_ids_query(owner, limit)).scalars())


def next_ids_query(owner: str, limit: int) -> Select[Any]:
    """Without those who were merged into another: they follow him."""
    query = select(players.c.player_id).where(players.c.owner_agent_id == owner, players.c.merged_into.is_(None))
    return query.order_by(players.c.player_id).limit(limit)
