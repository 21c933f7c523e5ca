"""Items and their prices."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gamedesk_catalog.tables.base import metadata

# `source_version` is the highest version of the game's price that was applied, or refused by a lead.
items = Table(
    "items",
    metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("game_id", String(32), nullable=False),
    Column("code", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("code_key", String(64), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name_grams", ARRAY(Text), nullable=False),
    Column("game_price_fen", BigInteger, nullable=False),
    Column("override_price_fen", BigInteger),
    Column("price_fen", BigInteger, Computed("COALESCE(override_price_fen, game_price_fen)"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("source_version", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    Index("uq_items_game_id_code", "game_id", "code", unique=True),
    Index("ix_items_code_key", "code_key", postgresql_ops={"code_key": "text_pattern_ops"}),
    Index("ix_items_name_grams", "name_grams", postgresql_using="gin"),
    Index("ix_items_differs", "game_id", "code", postgresql_where=text("override_price_fen <> game_price_fen")),
    Index("ix_items_overridden", "game_id", "code", postgresql_where=text("override_price_fen IS NOT NULL")),
    Index("ix_items_game_id_updated_at", "game_id", "updated_at", "item_id"),
)

# At most one price of an item waits for its time, and one for a lead; `cause_id` names the push or pull of each.
pending_prices = Table(
    "pending_prices",
    metadata,
    Column("item_id", Uuid, ForeignKey("items.item_id"), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("price_fen", BigInteger, nullable=False),
    Column("source_version", BigInteger, nullable=False),
    time_column("effective_at"),
    time_column("received_at"),
    Column("cause_id", String(64)),
    CheckConstraint("state IN ('scheduled', 'held')", name="state"),
    Index("ix_pending_prices_due", "effective_at", postgresql_where=text("state = 'scheduled'")),
    Index("ix_pending_prices_state_item_id", "state", "item_id"),
)

# `cause_id` is the push's event id, the pull's id, the decision's, or of an override an id that names nothing else.
item_price_changes = Table(
    "item_price_changes",
    metadata,
    Column("change_id", Uuid, primary_key=True),
    Column("item_id", Uuid, ForeignKey("items.item_id"), nullable=False),
    Column("source", String(16), nullable=False),
    Column("old_game_price_fen", BigInteger),
    Column("new_game_price_fen", BigInteger, nullable=False),
    Column("old_override_price_fen", BigInteger),
    Column("new_override_price_fen", BigInteger),
    Column("source_version", BigInteger, nullable=False),
    Column("reason", String(200)),
    Column("actor", String(64)),
    time_column("at"),
    Column("cause_id", String(64)),
    CheckConstraint("source IN ('pull', 'push', 'override', 'confirm', 'discard')", name="source"),
    Index("ix_item_price_changes_item_id_change_id", "item_id", "change_id"),
)

# What leads decided on held prices, and what became of each: [[item id, fate], …].
item_decisions = Table(
    "item_decisions",
    metadata,
    Column("decision_id", Uuid, primary_key=True),
    Column("decision", String(16), nullable=False),
    Column("reason", String(200)),
    Column("decided_by", String(32), nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, index=True),
    Column("results", JSONB, nullable=False),
    CheckConstraint("decision IN ('apply', 'discard')", name="decision"),
)
