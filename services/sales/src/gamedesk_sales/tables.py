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
    Date,
    ForeignKey,
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

metadata = new_metadata()
event_tables(metadata)
idempotency_keys = idempotency_table(metadata)


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
)

profile_copies = Table(
    "profile_copies",
    metadata,
    Column("profile_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False, index=True),
    Column("game_id", String(32), nullable=False),
    Column("server", String(64)),
    Column("game_account_id", String(64)),
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
    time_column("valid_until", nullable=True),
    time_column("updated_at"),
    Column("version", Integer, nullable=False),
)

lost_reasons = Table(
    "lost_reasons",
    metadata,
    Column("reason_id", Uuid, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("needs_note", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
)

# `number` is what people say (O-000123). What was sold is frozen here: nothing is read from the copies again.
orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("player_id", Uuid, nullable=False),
    Column("seller_agent_id", String(32), nullable=False),
    Column("profile_id", Uuid),
    Column("game_id", String(32)),
    Column("server", String(64)),
    Column("game_account_id", String(64)),
    Column("pack_id", Uuid, nullable=False),
    Column("pack_code", String(16), nullable=False),
    Column("pack_name", Text, nullable=False),
    Column("pack_revision", Integer, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("contents", JSONB, nullable=False),
    Column("amount_due_fen", BigInteger, nullable=False),
    Column("amount_paid_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("difference_reason", String(500)),
    Column("method", String(16), nullable=False),
    Column("transaction_id", String(64), nullable=False),
    time_column("paid_at"),
    Column("state", String(16), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("verified_by", String(32)),
    time_column("verified_at", nullable=True),
    Column("cancelled_by", String(32)),
    time_column("cancelled_at", nullable=True),
    Column("cancel_reason", String(500)),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("amount_paid_fen = amount_due_fen OR difference_reason IS NOT NULL", name="difference_reason"),
    Index("ix_orders_player_id_order_id", "player_id", "order_id"),
    Index("ix_orders_seller_agent_id_order_id", "seller_agent_id", "order_id"),
    Index("ix_orders_state_order_id", "state", "order_id"),
    Index("ix_orders_unverified", "order_id", postgresql_where=text("NOT verified")),
)
# A payment is sold against once. A cancelled order gives it free, so that a wrongly typed one can be typed again.
Index(
    "uq_orders_method_transaction_id",
    orders.c.method,
    orders.c.transaction_id,
    unique=True,
    postgresql_where=text("state <> 'cancelled'"),
)

# Append-only: a touch is never changed.
touches = Table(
    "touches",
    metadata,
    Column("touch_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("agent_id", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason_id", Uuid, ForeignKey("lost_reasons.reason_id")),
    Column("situation", Text, nullable=False),
    Column("player_state", Text, nullable=False),
    Column("pack_code", String(16)),
    Column("follow_up_on", Date),
    Column("order_id", Uuid, ForeignKey("orders.order_id"), unique=True),
    time_column("occurred_at"),
    time_column("recorded_at"),
    CheckConstraint("(outcome = 'lost') = (reason_id IS NOT NULL)", name="reason"),
    Index("ix_touches_player_id_touch_id", "player_id", "touch_id"),
    Index("ix_touches_player_id_occurred_at_touch_id", "player_id", "occurred_at", "touch_id"),
    Index("ix_touches_agent_id_occurred_at_touch_id", "agent_id", "occurred_at", "touch_id"),
    Index("ix_touches_outcome_occurred_at_touch_id", "outcome", "occurred_at", "touch_id"),
    Index("ix_touches_occurred_at_touch_id", "occurred_at", "touch_id"),
)

# What a touch promised to take up again, until a later touch of the player closes it. Whoever owns the player takes
# it up; `agent_id` is who made it.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("touch_id", Uuid, ForeignKey("touches.touch_id"), primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("agent_id", String(32), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("closed_by", Uuid, ForeignKey("touches.touch_id")),
)
_OPEN = text("closed_by IS NULL")
Index("uq_follow_ups_player_id_open", follow_ups.c.player_id, unique=True, postgresql_where=_OPEN)
Index("ix_follow_ups_due_on_open", follow_ups.c.due_on, follow_ups.c.touch_id, postgresql_where=_OPEN)

contact_blocks = Table(
    "contact_blocks",
    metadata,
    Column("block_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False, index=True),
    Column("touch_id", Uuid, ForeignKey("touches.touch_id"), nullable=False),
    Column("blocked_by", String(32), nullable=False),
    time_column("blocked_at"),
    Column("lifted_by", String(32)),
    time_column("lifted_at", nullable=True),
    Column("lift_reason", String(500)),
)
Index(
    "uq_contact_blocks_player_id_in_force",
    contact_blocks.c.player_id,
    unique=True,
    postgresql_where=text("lifted_at IS NULL"),
)
