"""Tickets and their timeline."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_tickets.tables.base import metadata

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(), nullable=False, unique=True),
    Column("player_id", Uuid, nullable=False),
    Column("state", String(16), nullable=False),
    Column("title", String(200)),
    Column("detail", Text, nullable=False),
    Column("solution", Text),
    Column("category", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("waiting_on", String(16), nullable=False),
    Column("assignee_agent_id", String(32)),
    Column("reopens_ticket_id", Uuid, ForeignKey("tickets.ticket_id")),
    Column("created_by", String(32), nullable=False),
    time_column("asked_at"),
    time_column("first_replied_at", nullable=True),
    time_column("done_at", nullable=True),
    time_column("first_done_at", nullable=True),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("state IN ('pending', 'in_progress', 'done')", name="state"),
    CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at"),
    CheckConstraint("state <> 'done' OR solution IS NOT NULL", name="solution"),
    CheckConstraint("state <> 'done' OR waiting_on = 'none'", name="waiting_on"),
    # One index for each way in which lists are asked for; see repository.list_page.
    Index("ix_tickets_player_id_ticket_id", "player_id", "ticket_id"),
    Index("ix_tickets_state_ticket_id", "state", "ticket_id"),
    Index("ix_tickets_assignee_agent_id_state_ticket_id", "assignee_agent_id", "state", "ticket_id"),
    Index(
        "ix_tickets_unassigned",
        "player_id",
        "state",
        "ticket_id",
        postgresql_where=text("assignee_agent_id IS NULL"),
    ),
    Index("ix_tickets_waiting", "waiting_on", "ticket_id", postgresql_where=text("waiting_on <> 'none'")),
)


# The timeline: rows are added, never changed. `changes`: [{field, before, after}].
entries = Table(
    "entries",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), nullable=False),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text),
    Column("department", String(16)),
    Column("consultation_entry_id", Uuid, ForeignKey("entries.entry_id")),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("changes", JSONB, nullable=False),
    Column("agent_id", String(32), nullable=False),
    time_column("happened_at"),
    time_column("recorded_at"),
    Index("ix_entries_ticket_id_position", "ticket_id", "position"),
)
