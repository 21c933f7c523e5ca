"""Players' wishes not to be contacted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import row_to_dict
from sqlalchemy import Connection, Select, insert, select, update

from gamedesk_sales.model import ContactBlock
from gamedesk_sales.tables import contact_blocks


def latest(tx: Connection, player_id: UUID) -> ContactBlock | None:
    """The newest one, in force or lifted."""
    query = select(contact_blocks).where(contact_blocks.c.player_id == player_id)
    return _first(tx, query.order_by(contact_blocks.c.block_id.desc()).limit(1))


def in_force(tx: Connection, player_id: UUID) -> ContactBlock | None:
    query = select(contact_blocks).where(contact_blocks.c.player_id == player_id)
    return _first(tx, query.where(contact_blocks.c.lifted_at.is_(None)))


def get(tx: Connection, block_id: UUID) -> ContactBlock | None:
    return _first(tx, select(contact_blocks).where(contact_blocks.c.block_id == block_id))


def insert_block(tx: Connection, block: ContactBlock) -> None:
    tx.execute(
        insert(contact_blocks).values(
            block_id=block.block_id,
            player_id=block.player_id,
            touch_id=block.touch_id,
            blocked_by=block.blocked_by,
            blocked_at=block.blocked_at,
        )
    )


def lift(tx: Connection, player_id: UUID, lifted_by: str, lifted_at: datetime, reason: str) -> UUID | None:
    """End the one in force; its id, or None if there is none."""
    query = update(contact_blocks).where(contact_blocks.c.player_id == player_id, contact_blocks.c.lifted_at.is_(None))
    query = query.values(lifted_by=lifted_by, lifted_at=lifted_at, lift_reason=reason)
    return tx.execute(query.returning(contact_blocks.c.block_id)).scalar_one_or_none()


def _first(tx: Connection, query: Select[Any]) -> ContactBlock | None:
    row = tx.execute(query).one_or_none()
    return ContactBlock(**row_to_dict(row)) if row else None
