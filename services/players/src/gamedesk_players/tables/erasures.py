"""Who was erased on request. It refers to no other row: it outlives what a restored backup does not know."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, String, Table, Uuid

from gamedesk_players.tables.base import metadata

erasures = Table(
    "erasures",
    metadata,
    Column("player_id", Uuid, primary_key=True),
    Column("erased_by", String(32), nullable=False),
    Column("reason", String(200), nullable=False),
    time_column("erased_at"),
)
