"""Which player was merged into which, by whom, and what undoing it needs."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, ForeignKey, Index, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gamedesk_players.tables.base import metadata

# `fields`: what the survivor took over, name → [before, after]; `moved`: who had been merged into the loser before.
merges = Table(
    "merges",
    metadata,
    Column("merge_id", Uuid, primary_key=True),
    Column("survivor_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    Column("loser_id", Uuid, ForeignKey("players.player_id"), nullable=False),
    Column("owner_before", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("moved", ARRAY(Uuid), nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("merged_by", String(32), nullable=False),
    time_column("merged_at"),
    Column("undone_by", String(32)),
    time_column("undone_at", nullable=True),
    Column("undo_reason", String(200)),
    Index("ix_merges_survivor_id_merge_id", "survivor_id", "merge_id"),
    Index("ix_merges_loser_id", "loser_id"),
    Index("uq_merges_loser_id_standing", "loser_id", unique=True, postgresql_where=text("undone_at IS NULL")),
)
