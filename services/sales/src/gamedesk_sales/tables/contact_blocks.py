"""Players who asked not to be contacted."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_sales.tables.base import metadata

contact_blocks = Table(
    "contact_blocks",
    metadata,
    Column("block_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False, index=True),
    Column("touch_id", Uuid, ForeignKey("touches.touch_id"), nullable=False),
    Column("blocked_by", String(32), nullable=False),
    time_column("blocked_at"),
    Column("lifted_by", String(32)),
    time_column("lifted_at", nullable=True),
    Column("lift_reason", String(500)),
)

Index(
    "uq_contact_blocks_player_id_in_force",
    contact_blocks.c.player_id,
    unique=True,
    postgresql_where=text("lifted_at IS NULL"),
)
