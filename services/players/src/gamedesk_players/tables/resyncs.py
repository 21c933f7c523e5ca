"""Orders to ask the games about every player again."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, Index, Integer, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from gamedesk_players.tables.base import metadata

# `planned_after`: the last player planned so far; `remaining` is counted while it runs.
resyncs = Table(
    "resyncs",
    metadata,
    Column("resync_id", Uuid, primary_key=True),
    Column("game_ids", ARRAY(String(32)), nullable=False),
    Column("state", String(16), nullable=False),
    Column("planned_after", Uuid),
    Column("total", Integer, nullable=False),
    Column("remaining", Integer, nullable=False),
    Column("requested_by", String(32), nullable=False),
    time_column("created_at"),
    time_column("finished_at", nullable=True),
    Index("ix_resyncs_unfinished", "resync_id", postgresql_where=text("state <> 'done'")),
)
