"""The rules of service: working hours and targets. Rows are added, never changed."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_tickets.tables.base import metadata

# `weekly`, `special_days`, `targets`: as the contract has them. `created_by` is null for the first revision, which the
# migration made.
service_rules = Table(
    "service_rules",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("zone", String(64), nullable=False),
    Column("weekly", JSONB, nullable=False),
    Column("special_days", JSONB, nullable=False),
    Column("targets", JSONB, nullable=False),
    Column("created_by", String(32)),
    time_column("created_at"),
    CheckConstraint("revision >= 1", name="revision"),
)
