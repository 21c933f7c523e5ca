"""What happened to a player, entry by entry; nothing is ever changed here but by erasing him."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, ForeignKey, Index, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_players.tables.base import metadata

player_history = Table(
    "player_history",
    metadata,
    Column("history_id", Uuid, primary_key=True),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    Column("profile_id", Uuid),
    Column("kind", String(32), nullable=False),
    Column("details", JSONB, nullable=False),
    Column("agent_id", String(32)),
    time_column("happened_at"),
    Index("ix_player_history_player_id_history_id", "player_id", "history_id"),
)
