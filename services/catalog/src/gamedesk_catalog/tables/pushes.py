"""Pushes of prices."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_catalog.tables.base import metadata

# What was answered to a push, so that its repetition gets the same answer.
price_pushes = Table(
    "price_pushes",
    metadata,
    Column("game_id", String(32), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("results", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
)
