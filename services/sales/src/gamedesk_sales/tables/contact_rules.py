"""How often players are contacted, and what speaks against a pitch."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, Integer, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_sales.tables.base import metadata

# One row, which the migration made. `updated_by` is null until somebody has changed it.
contact_rules = Table(
    "contact_rules",
    metadata,
    Column("rules_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("max_touches", Integer, nullable=False),
    Column("per_days", Integer, nullable=False),
    Column("warning_categories", JSONB, nullable=False),
    Column("tier_thresholds", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_by", String(32)),
    time_column("updated_at"),
    CheckConstraint("rules_id = 1", name="one"),
)
