"""Sales."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
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

_TO_CONFIRM = text("NOT verified AND state = 'paid'")

# `number` is what people say (O-000123). What was sold is frozen here, and who it was then: the seller's team, the
# player's tier and minor band. Nothing is read from the copies again. `business_day` is that of the payment.
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
    Column("payment_rejected", Boolean, nullable=False, server_default=text("false")),
    Column("quote_id", Uuid),
    Column("campaign_id", Uuid),
    Column("stand_in", Boolean, nullable=False, server_default=text("false")),
    Column("refunded_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("seller_team", String(32), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False, server_default="none"),
    Column("minor_band", String(16), nullable=False, server_default="none"),
    Column("business_day", Date, Computed("(paid_at AT TIME ZONE 'Asia/Shanghai')::date", persisted=True)),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("amount_paid_fen = amount_due_fen OR difference_reason IS NOT NULL", name="difference_reason"),
    CheckConstraint("refunded_fen BETWEEN 0 AND amount_paid_fen", name="refunded_fen"),
    Index("ix_orders_player_id_order_id", "player_id", "order_id"),
    Index("ix_orders_seller_agent_id_order_id", "seller_agent_id", "order_id"),
    Index("ix_orders_seller_agent_id_state_order_id", "seller_agent_id", "state", "order_id"),
    Index("ix_orders_state_order_id", "state", "order_id"),
    Index("ix_orders_paid_at_order_id", "paid_at", "order_id"),
    Index("ix_orders_seller_agent_id_paid_at_order_id", "seller_agent_id", "paid_at", "order_id"),
    Index("ix_orders_seller_agent_id_state_paid_at", "seller_agent_id", "state", "paid_at", "order_id"),
    Index("ix_orders_state_paid_at_order_id", "state", "paid_at", "order_id"),
    Index("ix_orders_unverified_paid_at", "paid_at", "order_id", postgresql_where=text("NOT verified")),
    Index("ix_orders_transaction_id", "transaction_id"),
    Index(
        "ix_orders_campaign_id_order_id", "campaign_id", "order_id", postgresql_where=text("campaign_id IS NOT NULL")
    ),
    Index("ix_orders_unverified", "order_id", postgresql_where=text("NOT verified")),
    Index("ix_orders_seller_unverified", "seller_agent_id", "order_id", postgresql_where=text("NOT verified")),
    Index("ix_orders_to_confirm", "order_id", postgresql_where=_TO_CONFIRM),
    Index("ix_orders_to_confirm_paid_at", "paid_at", "order_id", postgresql_where=_TO_CONFIRM),
    Index(
        "ix_orders_seller_to_confirm_paid_at", "seller_agent_id", "paid_at", "order_id", postgresql_where=_TO_CONFIRM
    ),
)

_SOLD = text("state <> 'cancelled'")

# A payment is sold against once, and so is a quote. A cancelled order gives both free, so that a wrongly typed one can
# be typed again.
Index("uq_orders_quote_id", orders.c.quote_id, unique=True, postgresql_where=_SOLD)

Index(
    "uq_orders_method_transaction_id",
    orders.c.method,
    orders.c.transaction_id,
    unique=True,
    postgresql_where=_SOLD,
)
