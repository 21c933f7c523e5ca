"""Who may give what discount, who changed that, and how far packs are judged by it."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_catalog.tables.base import metadata

# `game_id` NULL: in all games; `campaign_id` NULL: in and outside of campaigns. What is more specific goes first.
discount_rules = Table(
    "discount_rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("game_id", String(32)),
    Column("max_discount_bp", Integer, nullable=False),
    Column("lowest_price_fen", BigInteger, nullable=False),
    Column("campaign_id", Uuid),
    Column("rounding", String(4), nullable=False, server_default="fen"),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_by", String(32)),
    Column("updated_by", String(32)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("role IN ('agent', 'lead', 'admin')", name="role"),
    CheckConstraint("max_discount_bp BETWEEN 0 AND 10000", name="max_discount_bp"),
    CheckConstraint("rounding IN ('fen', 'yuan')", name="rounding"),
    CheckConstraint("starts_on <= ends_on", name="dates"),
    Index(
        "uq_discount_rules_scope_without_dates",
        "role",
        "game_id",
        "campaign_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("starts_on IS NULL AND ends_on IS NULL"),
    ),
)

# Rules that are deleted leave their history; hence no foreign key.
discount_rule_changes = Table(
    "discount_rule_changes",
    metadata,
    Column("change_id", Uuid, primary_key=True),
    Column("rule_id", Uuid, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("changed_by", String(32), nullable=False),
    time_column("changed_at"),
    Index("ix_discount_rule_changes_rule_id_change_id", "rule_id", "change_id"),
)

# One row: the rules in force when packs were judged last, and those of them whose packs are still to be gone through,
# after `after`.
pack_judging = Table(
    "pack_judging",
    metadata,
    Column("one", SmallInteger, primary_key=True, server_default="1"),
    Column("in_force", JSONB, nullable=False),
    Column("changed", JSONB, nullable=False),
    Column("after", Uuid),
    CheckConstraint("one = 1", name="one"),
)
