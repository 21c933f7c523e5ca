"""How long each cycle of a ticket took: from the question, or from a reopening, until it was done."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)

from gamedesk_tickets.tables.base import metadata

# One row per ticket and cycle; a reopening begins the next one and leaves the earlier ones as they are.
# All seconds are working time; `*_seconds` of a response are null until it has been given, `paused_seconds` are those
# of the pauses that have ended. A deadline stays when it was met or missed; that of the resolution moves with every
# pause that ends. `first_reply_late`: it was recorded long after it happened. `reopened`: another cycle has followed.
# `*_by` and `*_team`: whose figure it is, with the team as it was then.
cycles = Table(
    "cycles",
    metadata,
    Column("ticket_id", Uuid, ForeignKey("tickets.ticket_id"), primary_key=True),
    Column("cycle", Integer, primary_key=True, autoincrement=False),
    time_column("opened_at"),
    time_column("first_replied_at", nullable=True),
    Column("first_replied_by", String(32)),
    Column("first_replied_team", String(32)),
    time_column("done_at", nullable=True),
    Column("done_by", String(32)),
    Column("done_team", String(32)),
    time_column("first_response_due_at"),
    time_column("resolution_due_at"),
    Column("paused_seconds", Integer, nullable=False, server_default="0"),
    time_column("paused_since", nullable=True),
    Column("first_response_seconds", Integer),
    Column("resolution_seconds", Integer),
    Column("rules_revision", Integer, ForeignKey("service_rules.revision"), nullable=False),
    Column("first_reply_late", Boolean, nullable=False, server_default="false"),
    Column("reopened", Boolean, nullable=False, server_default="false"),
    Column("voided", Boolean, nullable=False, server_default="false"),
    CheckConstraint("cycle >= 1", name="cycle"),
    CheckConstraint("done_at IS NULL OR paused_since IS NULL", name="paused_since"),
    # For figures: what was opened, or done, in a period, and what ran at a moment; see repository.kpi_cohorts.
    Index("ix_cycles_opened", "opened_at", "ticket_id", "cycle", postgresql_where=text("NOT voided")),
    Index("ix_cycles_done", "done_at", "ticket_id", "cycle", postgresql_where=text("NOT voided")),
    Index(
        "ix_cycles_undone",
        "opened_at",
        "ticket_id",
        "cycle",
        postgresql_where=text("NOT voided AND done_at IS NULL"),
    ),
    Index(
        "ix_cycles_running",
        text("tstzrange(LEAST(opened_at, done_at), done_at, '(]'::text)"),
        postgresql_using="gist",
        postgresql_where=text("NOT voided"),
    ),
)
