"""What is to be taken up again."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_sales.tables.base import metadata

# What a touch promised to take up again, until a later touch of the player closes it. Whoever owns the player takes
# it up; `agent_id` is who made it.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("touch_id", Uuid, ForeignKey("touches.touch_id"), primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("agent_id", String(32), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("closed_by", Uuid, ForeignKey("touches.touch_id")),
)

_OPEN = text("closed_by IS NULL")

Index("uq_follow_ups_player_id_open", follow_ups.c.player_id, unique=True, postgresql_where=_OPEN)

Index("ix_follow_ups_due_on_open", follow_ups.c.due_on, follow_ups.c.touch_id, postgresql_where=_OPEN)
