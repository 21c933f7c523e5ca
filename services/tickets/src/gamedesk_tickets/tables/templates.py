"""Texts that agents answer with. Without an owner a template is everybody's."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, Uuid

from gamedesk_tickets.tables.base import metadata

reply_templates = Table(
    "reply_templates",
    metadata,
    Column("template_id", Uuid, primary_key=True),
    Column("title", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("category_id", String(32)),
    Column("owner_agent_id", String(32)),
    Column("active", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    Index("ix_reply_templates_owner_agent_id_position", "owner_agent_id", "position", "template_id"),
)
