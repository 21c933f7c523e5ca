"""Copies of other services' facts."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_sales.tables.base import metadata

# Copies of other services' facts, fed by events (consumers.py). They have no foreign keys to each other, because
# events of different aggregates come in any order.
player_copies = Table(
    "player_copies",
    metadata,
    Column("player_id", Uuid, primary_key=True),
    Column("owner_agent_id", String(32), nullable=False, index=True),
    Column("tier", String(16), nullable=False),
    Column("minor_band", String(16), nullable=False),
    Column("merged_into", Uuid),
    Column("erased", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_player_copies_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index(
        "ix_player_copies_tier_player_id",
        "tier",
        "player_id",
        postgresql_where=text("merged_into IS NULL AND NOT erased"),
    ),
)

profile_copies = Table(
    "profile_copies",
    metadata,
    Column("profile_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False, index=True),
    Column("game_id", String(32), nullable=False),
    Column("server", String(64)),
    Column("game_account_id", String(64)),
    Column("server_id", String(64)),
    Column("state", String(16), nullable=False),
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

item_copies = Table(
    "item_copies",
    metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("game_id", String(32), nullable=False),
    Column("code", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("version", Integer, nullable=False),
)

# `own_version`: the catalog's; `version` may count from a base (decision 27). NULL: the same.
pack_copies = Table(
    "pack_copies",
    metadata,
    Column("pack_id", Uuid, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("contents", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("campaign_id", Uuid),
    Column("player_id", Uuid),
    time_column("valid_from", nullable=True),
    time_column("valid_until", nullable=True),
    time_column("updated_at"),
    Column("version", Integer, nullable=False),
    Column("own_version", Integer),
)

# `segment`: whom it is for; `team`: whose players, NULL: all teams'; `game_ids`: the games that it is in, none: not yet
# known.
campaign_copies = Table(
    "campaign_copies",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("team", String(32)),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("segment", JSONB, nullable=False),
    Column("game_ids", JSONB, nullable=False, server_default=text("'[]'")),
    Column("version", Integer, nullable=False),
)

# `asked_at`: when the player asked. Of a ticket that is done only the fact is of use here.
ticket_copies = Table(
    "ticket_copies",
    metadata,
    Column("ticket_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("number", String(24), nullable=False),
    Column("category", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    time_column("asked_at"),
    time_column("done_at", nullable=True),
    Column("version", Integer, nullable=False),
    Index("ix_ticket_copies_player_id_undone", "player_id", postgresql_where=text("state <> 'done'")),
)
