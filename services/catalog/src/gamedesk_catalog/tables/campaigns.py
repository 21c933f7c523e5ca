"""Campaigns."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gamedesk_catalog.tables.base import metadata

campaigns = Table(
    "campaigns",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("game_ids", ARRAY(String(32)), nullable=False),
    Column("pack_ids", ARRAY(Uuid), nullable=False),
    Column("segment", JSONB, nullable=False),
    Column("note", String(1000), nullable=False),
    Column("state", String(16), nullable=False),
    Column("team", String(32)),
    Column("created_by", String(32), nullable=False),
    Column("launched_by", String(32)),
    time_column("launched_at", nullable=True),
    Column("ended_by", String(32)),
    time_column("ended_at", nullable=True),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("state IN ('draft', 'running', 'ended')", name="state"),
    CheckConstraint("starts_on <= ends_on", name="days"),
    Index("ix_campaigns_state_campaign_id", "state", "campaign_id"),
    Index("ix_campaigns_running", "ends_on", postgresql_where=text("state = 'running'")),
    Index("ix_campaigns_game_ids", "game_ids", postgresql_using="gin"),
)
