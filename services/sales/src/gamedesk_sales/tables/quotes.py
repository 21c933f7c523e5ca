"""Prices promised to players."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
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

# `number` is what people say (Q-000123). What was promised is frozen here, as in an order, and who it was then: the
# seller's team, the player's tier. `state` says open until the job has seen that the time is over; readers look at the
# clock themselves.
quotes = Table(
    "quotes",
    metadata,
    Column("quote_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("player_id", Uuid, nullable=False),
    Column("agent_id", String(32), nullable=False),
    Column("stand_in", Boolean, nullable=False),
    Column("agent_team", String(32), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False, server_default="none"),
    Column("profile_id", Uuid),
    Column("pack_id", Uuid, nullable=False),
    Column("pack_code", String(16), nullable=False),
    Column("pack_name", Text, nullable=False),
    Column("pack_revision", Integer, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("contents", JSONB, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("campaign_id", Uuid),
    Column("note", String(500), nullable=False),
    time_column("expires_at"),
    Column("state", String(16), nullable=False),
    Column("order_id", Uuid, unique=True),
    Column("extended_by", String(32)),
    time_column("extended_at", nullable=True),
    Column("extend_reason", String(500)),
    Column("withdrawn_by", String(32)),
    time_column("withdrawn_at", nullable=True),
    Column("withdraw_reason", String(500)),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("(state = 'sold') = (order_id IS NOT NULL)", name="order_id"),
    Index("ix_quotes_player_id_quote_id", "player_id", "quote_id"),
    Index("ix_quotes_agent_id_quote_id", "agent_id", "quote_id"),
    Index("ix_quotes_pack_code_quote_id", "pack_code", "quote_id"),
    Index("ix_quotes_state_quote_id", "state", "quote_id"),
    Index("ix_quotes_agent_id_state_quote_id", "agent_id", "state", "quote_id"),
    Index("ix_quotes_pack_code_state_quote_id", "pack_code", "state", "quote_id"),
    Index("ix_quotes_created_at_quote_id", "created_at", "quote_id"),
)

_OPEN = text("state = 'open'")

# A seller promises a player one price for a pack.
Index(
    "uq_quotes_player_id_agent_id_pack_id_open",
    quotes.c.player_id,
    quotes.c.agent_id,
    quotes.c.pack_id,
    unique=True,
    postgresql_where=_OPEN,
)

Index("ix_quotes_expires_at_quote_id_open", quotes.c.expires_at, quotes.c.quote_id, postgresql_where=_OPEN)

Index(
    "ix_quotes_agent_id_expires_at_quote_id_open",
    quotes.c.agent_id,
    quotes.c.expires_at,
    quotes.c.quote_id,
    postgresql_where=_OPEN,
)

Index("ix_quotes_pack_id_open", quotes.c.pack_id, quotes.c.expires_at, postgresql_where=_OPEN)
