"""Who sells in whose place."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import row_to_dict
from sqlalchemy import Connection, Select, exists, insert, select, update

from gamedesk_sales.model.stand_ins import StandIn
from gamedesk_sales.tables import stand_ins


def stands_in(tx: Connection, agent_id: str, owner_agent_id: str, day: date) -> bool:
    found = exists().where(
        stand_ins.c.stand_in_agent_id == agent_id,
        stand_ins.c.owner_agent_id == owner_agent_id,
        stand_ins.c.from_on <= day,
        stand_ins.c.until_on >= day,
        stand_ins.c.ended_at.is_(None),
    )
    return tx.execute(select(found)).scalar_one()


def get(tx: Connection, stand_in_id: UUID) -> StandIn | None:
    return _first(tx, select(stand_ins).where(stand_ins.c.stand_in_id == stand_in_id))


def lock(tx: Connection, stand_in_id: UUID) -> StandIn | None:
    return _first(tx, select(stand_ins).where(stand_ins.c.stand_in_id == stand_in_id).with_for_update())


def list_page(
    tx: Connection, *, owner: str | None, stand_in: str | None, on: date | None, before: UUID | None, limit: int
) -> list[StandIn]:
    """The newest first; `on`: only those in force on this day."""
    query = select(stand_ins).order_by(stand_ins.c.stand_in_id.desc()).limit(limit)
    if owner is not None:
        query = query.where(stand_ins.c.owner_agent_id == owner)
    if stand_in is not None:
        query = query.where(stand_ins.c.stand_in_agent_id == stand_in)
    if on is not None:
        query = query.where(stand_ins.c.from_on <= on, stand_ins.c.until_on >= on, stand_ins.c.ended_at.is_(None))
    if before is not None:
        query = query.where(stand_ins.c.stand_in_id < before)
    return [StandIn(**row_to_dict(row)) for row in tx.execute(query)]


def insert_stand_in(tx: Connection, stand_in: StandIn) -> None:
    tx.execute(
        insert(stand_ins).values(
            stand_in_id=stand_in.stand_in_id,
            owner_agent_id=stand_in.owner_agent_id,
            stand_in_agent_id=stand_in.stand_in_agent_id,
            from_on=stand_in.from_on,
            until_on=stand_in.until_on,
            reason=stand_in.reason,
            created_by=stand_in.created_by,
            created_at=stand_in.created_at,
            version=stand_in.version,
        )
    )


def save_end(tx: Connection, stand_in: StandIn) -> None:
    ended = {"ended_by": stand_in.ended_by, "ended_at": stand_in.ended_at, "version": stand_in.version}
    tx.execute(update(stand_ins).where(stand_ins.c.stand_in_id == stand_in.stand_in_id).values(ended))


def _first(tx: Connection, query: Select[Any]) -> StandIn | None:
    row = tx.execute(query).one_or_none()
    return StandIn(**row_to_dict(row)) if row else None
