"""Players, and what they are found by."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.database import time_column
from sqlalchemy import (
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

from gamedesk_players.tables.base import metadata

# A GIN index without its list of pending entries, which every search would read from end to end.
IN_PLACE: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": False}}

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
    Index(
        "ix_players_owner_agent_id_player_id",
        "owner_agent_id",
        "player_id",
        postgresql_include=["merged_into", "erased_at"],  # so that an agent's players are read from it alone
    ),
    Index("ix_players_owner_agent_id_tier_player_id", "owner_agent_id", "tier", "player_id"),
    Index("ix_players_tier_player_id", "tier", "player_id"),
    Index("ix_players_minor_band_player_id", "minor_band", "player_id"),
    Index("ix_players_tags", "tags", **IN_PLACE),
    Index("ix_players_merged_into", "merged_into", "player_id", postgresql_where=text("merged_into IS NOT NULL")),
)


player_phones = Table(
    "player_phones",
    metadata,
    Column("phone", String(16), primary_key=True),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("last_four", String(4), Computed("right(phone, 4)", persisted=True), nullable=False),
    Index("ix_player_phones_last_four_player_id", "last_four", "player_id"),
    Index("ix_player_phones_prefix", "phone", postgresql_ops={"phone": "text_pattern_ops"}),
)


# Current and former WeChat ids: none of them may name two players.
player_wechat_ids = Table(
    "player_wechat_ids",
    metadata,
    Column("wechat_key", String(32), primary_key=True),
    Column("wechat_id", String(32), nullable=False),
    Column("player_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    time_column("since"),
    Index("ix_player_wechat_ids_prefix", "wechat_key", postgresql_ops={"wechat_key": "text_pattern_ops"}),
    Index("ix_player_wechat_ids_player_id_wechat_key", "player_id", "wechat_key"),
)


# Each name of a player (WeChat name, nicknames) as it is compared, and its grams (gamedesk_chassis.text_search).
player_names = Table(
    "player_names",
    metadata,
    Column("player_id", Uuid, ForeignKey("players.player_id"), primary_key=True),
    Column("name_key", Text, primary_key=True),
    Column("grams", ARRAY(Text), nullable=False),
    Index("ix_player_names_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
    Index("ix_player_names_grams", "grams", **IN_PLACE),
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
