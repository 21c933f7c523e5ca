"""Sign-ins that failed, counted by keyed hashes of agent ids and addresses: what was tried is kept nowhere."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, Index, Integer, String, Table

from gamedesk_players.tables.base import metadata

# `failures` includes attempts under way; since `last_at` none was forgiven. `signed_in_at`: for an agent at an address,
# when it last went well.
sign_in_counts = Table(
    "sign_in_counts",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    time_column("last_at"),
    time_column("blocked_until", nullable=True),
    time_column("signed_in_at", nullable=True),
    Index("ix_sign_in_counts_last_at", "last_at"),
)
