"""Copies of what players owns. Tickets have no foreign key to them: a copy may come late."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_tickets.tables.base import metadata

player_copies = Table(
    "player_copies",
    metadata,
    Column("player_id", Uuid, primary_key=True),
    Column("owner_agent_id", String(32), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("minor_band", String(16), nullable=False),
    Column("merged_into", Uuid),
    Column("erased", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_player_copies_owner_agent_id_player_id", "owner_agent_id", "player_id"),
    Index("ix_player_copies_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)


# What a new ticket takes game and server from.
profile_copies = Table(
    "profile_copies",
    metadata,
    Column("profile_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False, index=True),
    Column("game_id", String(32), nullable=False),
    Column("server", String(64)),
    Column("version", Integer, nullable=False),
)


agent_copies = Table(
    "agent_copies",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
