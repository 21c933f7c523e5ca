"""The gate before each game: how often it may be asked, and whether it is asked at all."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, Double, Integer, String, Table

from gamedesk_players.tables.base import metadata

# One row per game, locked by whoever takes questions for it: all worker replicas pass the same gate.
game_gates = Table(
    "game_gates",
    metadata,
    Column("game_id", String(32), primary_key=True),
    Column("tokens", Double, nullable=False),
    time_column("refilled_at"),
    Column("failures", Integer, nullable=False),
    time_column("open_until", nullable=True),
    time_column("probing_until", nullable=True),
    time_column("last_answer_at", nullable=True),
    time_column("last_failure_at", nullable=True),
    Column("last_reason", String(32)),
)
