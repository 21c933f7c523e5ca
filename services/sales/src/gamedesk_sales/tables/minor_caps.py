"""What minors may spend."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, String, Table

from gamedesk_sales.tables.base import metadata

# One row per band, made by the migration.
minor_caps = Table(
    "minor_caps",
    metadata,
    Column("band", String(16), primary_key=True),
    Column("per_order_fen", BigInteger, nullable=False),
    Column("per_month_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("updated_by", String(32)),
    time_column("updated_at"),
    Column("version", Integer, nullable=False),
    CheckConstraint("per_order_fen >= 0 AND per_month_fen >= 0", name="amounts"),
)
