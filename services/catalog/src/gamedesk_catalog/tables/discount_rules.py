"""Who may give what discount."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Uuid,
)

from gamedesk_catalog.tables.base import metadata

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
