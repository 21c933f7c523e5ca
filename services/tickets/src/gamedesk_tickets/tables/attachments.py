"""Pictures of tickets; the pictures themselves are in the store (`storage`)."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Uuid

from gamedesk_tickets.tables.base import metadata

# A removed one stays as a row; nobody gets its bytes any more.
attachments = Table(
    "attachments",
    metadata,
    Column("attachment_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("uploaded_by", String(32), nullable=False),
    time_column("uploaded_at"),
    Column("removed_by", String(32)),
    time_column("removed_at", nullable=True),
    CheckConstraint("purpose IN ('problem', 'solution', 'reply')", name="purpose"),
    Index("ix_attachments_ticket_id_attachment_id", "ticket_id", "attachment_id"),
)

# Pictures whose bytes are still to be deleted from the store, by a job, after the commit.
attachment_removals = Table(
    "attachment_removals",
    metadata,
    Column("attachment_id", Uuid, ForeignKey("attachments.attachment_id"), primary_key=True),
    time_column("leased_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
)
