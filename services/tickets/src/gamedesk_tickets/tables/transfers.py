"""Hand-overs of tickets. `fates`: [{ticket_id, fate}], what the one who asked was told of each.

The note is in the timelines alone, where it goes when a player is erased.
"""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_tickets.tables.base import metadata

ticket_transfers = Table(
    "ticket_transfers",
    metadata,
    Column("transfer_id", Uuid, primary_key=True),
    Column("to_agent_id", String(32)),
    Column("fates", JSONB, nullable=False),
    Column("requested_by", String(32), nullable=False),
    time_column("created_at"),
)
