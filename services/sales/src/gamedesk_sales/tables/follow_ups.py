"""What is to be taken up again."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_sales.tables.base import metadata

# What a touch promised to take up again, until a later touch of the player closes it. Whoever owns the player takes
# it up (`owner_agent_id`, who moves with the player while it is open); `agent_id` is who made it. `due_on` is the day
# it has now, `reminded_on` that of the last reminder.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("touch_id", Uuid, ForeignKey("touches.touch_id"), primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("agent_id", String(32), nullable=False),
    Column("owner_agent_id", String(32), nullable=False, server_default=""),
    Column("due_on", Date, nullable=False),
    Column("closed_by", Uuid, ForeignKey("touches.touch_id")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("postponed_times", Integer, nullable=False, server_default=text("0")),
    Column("postponed_by", String(32)),
    time_column("postponed_at", nullable=True),
    Column("postpone_reason", String(500)),
    Column("reminded_on", Date),
)

_OPEN = text("closed_by IS NULL")

Index("uq_follow_ups_player_id_open", follow_ups.c.player_id, unique=True, postgresql_where=_OPEN)

Index("ix_follow_ups_due_on_open", follow_ups.c.due_on, follow_ups.c.touch_id, postgresql_where=_OPEN)

Index(
    "ix_follow_ups_owner_agent_id_due_on_open",
    follow_ups.c.owner_agent_id,
    follow_ups.c.due_on,
    follow_ups.c.touch_id,
    postgresql_where=_OPEN,
)

_CLOSED = text("closed_by IS NOT NULL")

Index("ix_follow_ups_due_on_closed", follow_ups.c.due_on, follow_ups.c.touch_id, postgresql_where=_CLOSED)

Index(
    "ix_follow_ups_owner_agent_id_due_on_closed",
    follow_ups.c.owner_agent_id,
    follow_ups.c.due_on,
    follow_ups.c.touch_id,
    postgresql_where=_CLOSED,
)

Index(
    "ix_follow_ups_due_on_to_remind",
    follow_ups.c.due_on,
    postgresql_where=text("closed_by IS NULL AND reminded_on IS DISTINCT FROM due_on"),
)
