"""Handing all of an agent's players to another, worked off by the worker."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Uuid, text

from gamedesk_players.tables.base import metadata

handoffs = Table(
    "handoffs",
    metadata,
    Column("handoff_id", Uuid, primary_key=True),
    Column("from_agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("to_agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("requested_by", String(32), nullable=False),
    time_column("created_at"),
    time_column("finished_at", nullable=True),
    Column("stop_reason", String(32)),
    CheckConstraint("state IN ('running', 'done', 'stopped')", name="state"),
    Index("ix_handoffs_running", "handoff_id", postgresql_where=text("state = 'running'")),
)
