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
    Column("category", String(32), nullable=False),
    # The answers to the category's form: {key: value}.
    Column("form", JSONB, nullable=False, server_default=text("'{}'")),
    Column("priority", String(16), nullable=False),
    Column("waiting_on", String(16), nullable=False),
    Column("assignee_agent_id", String(32)),
    Column("reopens_ticket_id", Uuid, ForeignKey("tickets.ticket_id")),
    Column("parent_ticket_id", Uuid, ForeignKey("tickets.ticket_id")),
    # What the ticket is about, frozen when it was recorded.
    Column("game_id", String(32)),
    Column("profile_id", Uuid),
    Column("server", String(64)),
    # The player's tier, kept up to date: lists by tier read no player.
    Column("player_tier", String(16), nullable=False, server_default="none"),
    Column("created_by", String(32), nullable=False),
    time_column("asked_at"),
    time_column("first_replied_at", nullable=True),
    time_column("done_at", nullable=True),
    # The clock of the present cycle; see cycles. `next_due_at`: the earliest deadline not met yet.
    Column("cycle", Integer, nullable=False, server_default="1"),
    time_column("first_response_due_at", nullable=True),
    time_column("resolution_due_at", nullable=True),
    time_column("next_due_at", nullable=True),
    time_column("paused_since", nullable=True),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("state IN ('pending', 'in_progress', 'done')", name="state"),
    CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at"),
    CheckConstraint("state <> 'done' OR solution IS NOT NULL", name="solution"),
    CheckConstraint("state <> 'done' OR waiting_on = 'none'", name="waiting_on"),
    CheckConstraint("state <> 'done' OR (next_due_at IS NULL AND paused_since IS NULL)", name="clock"),
    CheckConstraint("parent_ticket_id <> ticket_id", name="parent"),
    # One index for each way in which lists are asked for; see repository.ticket_lists.
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
    Index("ix_tickets_category_state_ticket_id", "category", "state", "ticket_id"),
    Index("ix_tickets_priority_state_ticket_id", "priority", "state", "ticket_id"),
    Index("ix_tickets_player_tier_state_ticket_id", "player_tier", "state", "ticket_id"),
    Index("ix_tickets_game", "game_id", "state", "ticket_id", postgresql_where=text("game_id IS NOT NULL")),
    Index("ix_tickets_server", "game_id", "server", "state", "ticket_id", postgresql_where=text("server IS NOT NULL")),
    Index("ix_tickets_asked_at_ticket_id", "asked_at", "ticket_id"),
    Index("ix_tickets_due", "next_due_at", "ticket_id", postgresql_where=text("next_due_at IS NOT NULL")),
    Index(
        "ix_tickets_assignee_due",
        "assignee_agent_id",
        "next_due_at",
        "ticket_id",
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
    # With what is asked of the unassigned work of an agent's players, which is looked for among everybody's.
    Index(
        "ix_tickets_unassigned_due",
        "next_due_at",
        "ticket_id",
        "player_id",
        "state",
        postgresql_where=text("assignee_agent_id IS NULL AND next_due_at IS NOT NULL"),
    ),
    Index(
        "ix_tickets_without_deadline",
        "ticket_id",
        postgresql_where=text("next_due_at IS NULL AND state <> 'done'"),
    ),
    Index(
        "ix_tickets_parent",
        "parent_ticket_id",
        "ticket_id",
        postgresql_where=text("parent_ticket_id IS NOT NULL"),
    ),
    # Counts what is open of an incident, and what is done, without a look at the other.
    Index(
        "ix_tickets_parent_state",
        "parent_ticket_id",
        "state",
        "ticket_id",
        postgresql_where=text("parent_ticket_id IS NOT NULL"),
    ),
)


# The timeline: rows are added, never changed. `changes`: [{field, before, after}].
entries = Table(
    "entries",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), nullable=False),
    Column("player_id", Uuid, nullable=False),  # the ticket's, so that the timeline of a player is one index
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
    Index("ix_entries_player_id_entry_id", "player_id", "entry_id"),
)
