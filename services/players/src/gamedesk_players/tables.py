"""The tables of this service's database."""

from __future__ import annotations

from gamedesk_chassis.database import new_metadata, time_column
from gamedesk_chassis.idempotency import idempotency_table
from gamedesk_chassis.service import event_tables
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

metadata = new_metadata()
event_tables(metadata)
idempotency_keys = idempotency_table(metadata)


agents = Table(
    "agents",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("role IN ('agent', 'lead', 'admin')", name="role"),
)

# One active agent per WeChat id and one active WeChat id per agent, with dates.
agent_wechat_bindings = Table(
    "agent_wechat_bindings",
    metadata,
    Column("binding_id", Uuid, primary_key=True),
    Column("agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("wechat_id", String(32), nullable=False),
    Column("wechat_key", String(32), nullable=False),
    Column("wechat_name", String(64), nullable=False),
    time_column("valid_from"),
    time_column("valid_until", nullable=True),
)
Index(
    "uq_agent_wechat_bindings_agent_id_active",
    agent_wechat_bindings.c.agent_id,
    unique=True,
    postgresql_where=text("valid_until IS NULL"),
)
Index(
    "uq_agent_wechat_bindings_wechat_key_active",
    agent_wechat_bindings.c.wechat_key,
    unique=True,
    postgresql_where=text("valid_until IS NULL"),
)

# Refresh tokens are kept as hashes; a family is one sign-in.
refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("family_id", Uuid, nullable=False, index=True),
    Column("agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False, index=True),
    time_column("expires_at"),
    time_column("rotated_at", nullable=True),
    time_column("revoked_at", nullable=True),
    Index("ix_refresh_tokens_expires_at", "expires_at"),
)

players = Table(
    "players",
    metadata,
    Column("player_id", Uuid, primary_key=True),
    Column("owner_agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("wechat_id", String(32)),
    Column("wechat_name", String(64)),
    Column("tier", String(16), nullable=False),
    Column("minor_band", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("tags", ARRAY(String(24)), nullable=False),
    Column("merged_into", Uuid, ForeignKey("players.player_id")),
    time_column("erased_at", nullable=True),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    Index("ix_players_owner_agent_id_player_id", "owner_agent_id", "player_id"),
    Index("ix_players_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)

player_phones = Table(
    "player_phones",
    metadata,
    Column("phone", String(16), primary_key=True),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("last_four", String(4), Computed("right(phone, 4)", persisted=True), nullable=False),
    Index("ix_player_phones_last_four_player_id", "last_four", "player_id"),
)

# Current and former WeChat ids: none of them may name two players.
player_wechat_ids = Table(
    "player_wechat_ids",
    metadata,
    Column("wechat_key", String(32), primary_key=True),
    Column("wechat_id", String(32), nullable=False),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False, index=True),
    time_column("since"),
    Index("ix_player_wechat_ids_prefix", "wechat_key", postgresql_ops={"wechat_key": "text_pattern_ops"}),
)

# All names of a player (WeChat name, nicknames), and their grams (gamedesk_chassis.text_search).
player_names = Table(
    "player_names",
    metadata,
    Column("player_id", Uuid, ForeignKey("players.player_id"), primary_key=True),
    Column("names", Text, nullable=False),
    Column("grams", ARRAY(Text), nullable=False),
    Index("ix_player_names_grams", "grams", postgresql_using="gin"),
)

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

contact_reveals = Table(
    "contact_reveals",
    metadata,
    Column("reveal_id", Uuid, primary_key=True),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    Column("agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("reason", String(200), nullable=False),
    time_column("revealed_at"),
    Index("ix_contact_reveals_player_id_revealed_at", "player_id", "revealed_at"),
)
