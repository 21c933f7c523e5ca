"""Money that was given back."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_sales.tables.base import metadata

# Append-only; their sum is kept in the order. `business_day` is that of the refund. `after_delivery` is NULL as
# long as nobody knows whether the game had delivered then: its next answer settles it, and nothing else changes.
refunds = Table(
    "refunds",
    metadata,
    Column("refund_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey("orders.order_id"), nullable=False),
    Column("player_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("method", String(16), nullable=False),
    Column("transaction_id", String(64)),
    time_column("refunded_at"),
    Column("refunded_by", String(32), nullable=False),
    Column("after_delivery", Boolean),
    time_column("recorded_at"),
    Column("business_day", Date, Computed("(refunded_at AT TIME ZONE 'Asia/Shanghai')::date", persisted=True)),
    CheckConstraint("amount_fen > 0", name="amount_fen"),
    Index("ix_refunds_order_id_refund_id", "order_id", "refund_id"),
    Index("ix_refunds_player_id_refund_id", "player_id", "refund_id"),
    Index("ix_refunds_refunded_at_refund_id", "refunded_at", "refund_id"),
)

# A payment back is recorded once.
Index(
    "uq_refunds_method_transaction_id",
    refunds.c.method,
    refunds.c.transaction_id,
    unique=True,
    postgresql_where=text("transaction_id IS NOT NULL"),
)
