"""What the games report of players, and when they are asked."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_players.tables.base import metadata

profiles = Table(
    "profiles",
    metadata,
    Column("profile_id", Uuid, primary_key=True),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    Column("game_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("game_account_id", String(64)),
    Column("nickname", String(64)),
    Column("server_id", String(64)),
    Column("server_name", String(64)),
    Column("level", Integer),
    Column("vip_level", Integer),
    time_column("synced_at", nullable=True),
    time_column("attempted_at", nullable=True),
    Column("error", String(32)),
    Column("version", Integer, nullable=False),
    Index(
        "uq_profiles_player_id_game_id_game_account_id",
        "player_id",
        "game_id",
        "game_account_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)


# One row per player and game: when to ask the game next, and who is asking now.
profile_syncs = Table(
    "profile_syncs",
    metadata,
    Column("player_id", Uuid, ForeignKey("players.player_id"), primary_key=True),
    Column("game_id", String(32), primary_key=True),
    time_column("due_at", nullable=True),
    Column("attempts", Integer, nullable=False),
    time_column("leased_until", nullable=True),
    Index("ix_profile_syncs_game_id_due_at", "game_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
)
