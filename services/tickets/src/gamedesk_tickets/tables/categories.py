"""What tickets are about, and what is asked for then. `form`: [{key, label_zh, label_en, kind, required, options}]."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Boolean, Column, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_tickets.tables.base import metadata

ticket_categories = Table(
    "ticket_categories",
    metadata,
    Column("category_id", String(32), primary_key=True),
    Column("name_zh", String(60), nullable=False),
    Column("name_en", String(60), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("default_priority", String(16), nullable=False),
    Column("form", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
)
