"""The tables of this service's database."""

from __future__ import annotations

from gamedesk_chassis.database import new_metadata, time_column
from gamedesk_chassis.idempotency import idempotency_table
from gamedesk_chassis.service import event_tables
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = new_metadata()
event_tables(metadata)
idempotency_keys = idempotency_table(metadata)


agent_copies = Table(
    "agent_copies",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

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
)

# At most one price of an item waits for its time, and one for a lead.
pending_prices = Table(
    "pending_prices",
    metadata,
    Column("item_id", Uuid, ForeignKey("items.item_id"), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("price_fen", BigInteger, nullable=False),
    Column("source_version", BigInteger, nullable=False),
    time_column("effective_at"),
    time_column("received_at"),
    CheckConstraint("state IN ('scheduled', 'held')", name="state"),
    Index("ix_pending_prices_due", "effective_at", postgresql_where=text("state = 'scheduled'")),
)

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
    CheckConstraint("source IN ('pull', 'push', 'override', 'confirm', 'discard')", name="source"),
    Index("ix_item_price_changes_item_id_change_id", "item_id", "change_id"),
)

item_pulls = Table(
    "item_pulls",
    metadata,
    Column("pull_id", Uuid, primary_key=True),
    Column("game_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("cursor", String(200)),
    Column("pages", Integer, nullable=False),
    Column("items_seen", Integer, nullable=False),
    Column("items_changed", Integer, nullable=False),
    Column("error", String(100)),
    Column("attempts", Integer, nullable=False),
    Column("requested_by", String(32)),
    time_column("due_at"),
    time_column("leased_until", nullable=True),
    time_column("started_at", nullable=True),
    time_column("finished_at", nullable=True),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
    Index("ix_item_pulls_game_id_pull_id", "game_id", "pull_id"),
    Index(
        "uq_item_pulls_game_id_unfinished",
        "game_id",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)

# What was answered to a push, so that its repetition gets the same answer.
price_pushes = Table(
    "price_pushes",
    metadata,
    Column("game_id", String(32), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("results", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
)

# `game_id` NULL: for all games that have no rule of their own.
discount_rules = Table(
    "discount_rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("game_id", String(32)),
    Column("max_discount_bp", Integer, nullable=False),
    Column("lowest_price_fen", BigInteger, nullable=False),
    CheckConstraint("role IN ('agent', 'lead', 'admin')", name="role"),
    CheckConstraint("max_discount_bp BETWEEN 0 AND 10000", name="max_discount_bp"),
    Index("uq_discount_rules_role_game_id", "role", "game_id", unique=True, postgresql_nulls_not_distinct=True),
)

# `allowed_as` is the role whose discount rule carries the pack as it is: its maker's, or its approver's.
packs = Table(
    "packs",
    metadata,
    Column("pack_id", Uuid, primary_key=True),
    Column("code", String(5), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name_grams", ARRAY(Text), nullable=False),
    Column("game_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("allowed_as", String(16)),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("valid_until", nullable=True),
    Column("created_by", String(32), nullable=False),
    Column("revised_by", String(32), nullable=False),
    Column("approved_by", String(32)),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("state IN ('draft', 'pending_approval', 'active', 'review', 'retired')", name="state"),
    CheckConstraint("discount_bp BETWEEN 0 AND 10000", name="discount_bp"),
    Index("ix_packs_state_pack_id", "state", "pack_id"),
    Index("ix_packs_game_id_pack_id", "game_id", "pack_id"),
    Index("ix_packs_created_by_pack_id", "created_by", "pack_id"),
    Index("ix_packs_code_prefix", "code", postgresql_ops={"code": "text_pattern_ops"}),
    Index("ix_packs_name_grams", "name_grams", postgresql_using="gin"),
)

# `unit_price_fen` is the item's price that the pack's price was made of.
pack_contents = Table(
    "pack_contents",
    metadata,
    Column("pack_id", Uuid, ForeignKey("packs.pack_id"), primary_key=True),
    Column("item_id", Uuid, ForeignKey("items.item_id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price_fen", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)
