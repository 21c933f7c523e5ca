"""Readings of price lists."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_catalog.tables.base import metadata

item_pulls = Table(
    "item_pulls",
    metadata,
    Column("pull_id", Uuid, primary_key=True),
    Column("game_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("cursor", String(200)),
    Column("pages", Integer, nullable=False),
    Column("items_seen", Integer, nullable=False),
    Column("items_total", Integer),
    Column("items_changed", Integer, nullable=False),
    Column("error", String(100)),
    Column("attempts", Integer, nullable=False),
    Column("requested_by", String(32)),
    time_column("due_at"),
    time_column("leased_until", nullable=True),
    time_column("started_at", nullable=True),
    time_column("finished_at", nullable=True),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
    Index("ix_item_pulls_game_id_pull_id", "game_id", "pull_id"),
    Index(
        "uq_item_pulls_game_id_unfinished",
        "game_id",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)
