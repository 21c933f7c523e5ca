"""Why sales are lost."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Uuid,
)

from gamedesk_sales.tables.base import metadata

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
