"""Contacts with players."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
)

from gamedesk_sales.tables.base import metadata

# Append-only: a touch is never changed. The agent's team and the player's tier are those of then,
# and so are the price and the discount of the pack that was offered.
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
    Column("offered_price_fen", BigInteger),
    Column("offered_discount_bp", Integer),
    Column("follow_up_on", Date),
    Column("order_id", Uuid, ForeignKey("orders.order_id"), unique=True),
    Column("campaign_id", Uuid),
    Column("quote_id", Uuid),
    Column("agent_team", String(32), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False, server_default="none"),
    Column("business_day", Date, Computed("(occurred_at AT TIME ZONE 'Asia/Shanghai')::date", persisted=True)),
    time_column("occurred_at"),
    time_column("recorded_at"),
    CheckConstraint("(outcome = 'lost') = (reason_id IS NOT NULL)", name="reason"),
    Index("ix_touches_player_id_touch_id", "player_id", "touch_id"),
    Index("ix_touches_player_id_occurred_at_touch_id", "player_id", "occurred_at", "touch_id"),
    Index("ix_touches_agent_id_occurred_at_touch_id", "agent_id", "occurred_at", "touch_id"),
    Index("ix_touches_agent_outcome_occurred_at", "agent_id", "outcome", "occurred_at", "touch_id"),
    Index("ix_touches_outcome_occurred_at_touch_id", "outcome", "occurred_at", "touch_id"),
    Index("ix_touches_occurred_at_touch_id", "occurred_at", "touch_id"),
)
