"""Answers to all tickets of an incident at once, and how far they have got."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, Uuid, text

from gamedesk_tickets.tables.base import metadata

incident_answers = Table(
    "incident_answers",
    metadata,
    Column("answer_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    time_column("replied_at", nullable=True),
    Column("close", Boolean, nullable=False),
    Column("solution", Text),
    Column("requested_by", String(32), nullable=False),
    time_column("created_at"),
)

# Whom an answer goes to: the incident and what was attached to it when it was given. Each row is worked off once, under
# a lease; `attempts` counts the leases.
incident_answer_tickets = Table(
    "incident_answer_tickets",
    metadata,
    Column("answer_id", Uuid, ForeignKey("incident_answers.answer_id"), primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), primary_key=True),
    Column("outcome", String(16)),
    time_column("answered_at", nullable=True),
    time_column("leased_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index("ix_incident_answer_tickets_waiting", "answer_id", "ticket_id", postgresql_where=text("outcome IS NULL")),
)
