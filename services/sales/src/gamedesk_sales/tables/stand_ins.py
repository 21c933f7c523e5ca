"""Who sells in whose place."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Uuid

from gamedesk_sales.tables.base import metadata

# The days are Shanghai's, both included. `ended_at`: given up before its last day was over.
stand_ins = Table(
    "stand_ins",
    metadata,
    Column("stand_in_id", Uuid, primary_key=True),
    Column("owner_agent_id", String(32), nullable=False),
    Column("stand_in_agent_id", String(32), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("created_by", String(32), nullable=False),
    time_column("created_at"),
    Column("ended_by", String(32)),
    time_column("ended_at", nullable=True),
    Column("version", Integer, nullable=False),
    CheckConstraint("from_on <= until_on", name="days"),
    CheckConstraint("owner_agent_id <> stand_in_agent_id", name="agents"),
    Index("ix_stand_ins_owner_agent_id_stand_in_id", "owner_agent_id", "stand_in_id"),
    Index("ix_stand_ins_stand_in_agent_id_owner_agent_id_until_on", "stand_in_agent_id", "owner_agent_id", "until_on"),
    Index("ix_stand_ins_stand_in_agent_id_stand_in_id", "stand_in_agent_id", "stand_in_id"),
)
