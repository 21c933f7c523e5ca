"""What the games report of players, and when they are asked."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_players.tables.base import metadata

HAS_ACCOUNT = text("game_account_id IS NOT NULL")

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
    # Lists of players by game, server and state, in the order of the lists.
    Index("ix_profiles_game_id_player_id", "game_id", "player_id", postgresql_where=HAS_ACCOUNT),
    Index(
        "ix_profiles_game_id_server_name_player_id",
        "game_id",
        "server_name",
        "player_id",
        postgresql_where=HAS_ACCOUNT,
    ),
    Index("ix_profiles_state_player_id", "state", "player_id"),
    Index("ix_profiles_synced_at", "synced_at", postgresql_where=text("state = 'ok'")),
)


# One row per player and game: when to ask the game next, how urgently (model.profiles.Priority), who is asking now,
# and the resync it is part of. Each priority is read through the index by itself: the due ones are its beginning.
profile_syncs = Table(
    "profile_syncs",
    metadata,
    Column("player_id", Uuid, ForeignKey("players.player_id"), primary_key=True),
    Column("game_id", String(32), primary_key=True),
    Column("priority", SmallInteger, nullable=False, server_default="2"),
    time_column("due_at", nullable=True),
    Column("attempts", Integer, nullable=False),
    time_column("leased_until", nullable=True),
    Column("resync_id", Uuid, ForeignKey("resyncs.resync_id")),
    Index(
        "ix_profile_syncs_game_id_priority_due_at",
        "game_id",
        "priority",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_profile_syncs_leased", "game_id", "leased_until", postgresql_where=text("leased_until IS NOT NULL")),
    Index("ix_profile_syncs_resync_id", "resync_id", "game_id", postgresql_where=text("resync_id IS NOT NULL")),
)
