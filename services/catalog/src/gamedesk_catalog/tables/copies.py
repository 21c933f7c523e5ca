"""Copies of other services' facts."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    String,
    Table,
)

from gamedesk_catalog.tables.base import metadata

agent_copies = Table(
    "agent_copies",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
