"""Players' wishes not to be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import row_to_dict
from sqlalchemy import Connection, Select, insert, select, update

from gamedesk_sales.model.contact_blocks import ContactBlock
from gamedesk_sales.tables import contact_blocks


def latest(tx: Connection, player_ids: Sequence[UUID]) -> ContactBlock | None:
    """The newest one of a person: of those in force, else of those lifted."""
    query = select(contact_blocks).where(contact_blocks.c.player_id.in_(player_ids))
    newest = query.order_by(contact_blocks.c.lifted_at.is_(None).desc(), contact_blocks.c.block_id.desc())
    return _first(tx, newest.limit(1))


def in_force(tx: Connection, player_ids: Sequence[UUID]) -> ContactBlock | None:
    block = latest(tx, player_ids)
    return block if block and block.lifted_at is None else None


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


def lift(tx: Connection, player_ids: Sequence[UUID], lifted_by: str, lifted_at: datetime, reason: str) -> UUID | None:
    """End what is in force for a person; the id of the newest, or None if there is none."""
    of_him = contact_blocks.c.player_id.in_(player_ids)
    query = update(contact_blocks).where(of_him, contact_blocks.c.lifted_at.is_(None))
    query = query.values(lifted_by=lifted_by, lifted_at=lifted_at, lift_reason=reason)
    return max(tx.execute(query.returning(contact_blocks.c.block_id)).scalars(), default=None)


def _first(tx: Connection, query: Select[Any]) -> ContactBlock | None:
    row = tx.execute(query).one_or_none()
    return ContactBlock(**row_to_dict(row)) if row else None
