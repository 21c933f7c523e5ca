"""Agents, their WeChat bindings, their sessions."""

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
    Text,
    Uuid,
    text,
)

from gamedesk_players.tables.base import metadata

agents = Table(
    "agents",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("role IN ('agent', 'lead', 'admin')", name="role"),
)


# One active agent per WeChat id and one active WeChat id per agent, with dates.
agent_wechat_bindings = Table(
    "agent_wechat_bindings",
    metadata,
    Column("binding_id", Uuid, primary_key=True),
    Column("agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False),
    Column("wechat_id", String(32), nullable=False),
    Column("wechat_key", String(32), nullable=False),
    Column("wechat_name", String(64), nullable=False),
    time_column("valid_from"),
    time_column("valid_until", nullable=True),
    Index("ix_agent_wechat_bindings_agent_id_binding_id", "agent_id", "binding_id"),
)
Index(
    "uq_agent_wechat_bindings_agent_id_active",
    agent_wechat_bindings.c.agent_id,
    unique=True,
    postgresql_where=text("valid_until IS NULL"),
)
Index(
    "uq_agent_wechat_bindings_wechat_key_active",
    agent_wechat_bindings.c.wechat_key,
    unique=True,
    postgresql_where=text("valid_until IS NULL"),
)


# Refresh tokens are kept as hashes; a family is one sign-in.
refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("family_id", Uuid, nullable=False, index=True),
    Column("agent_id", String(32), ForeignKey("agents.agent_id"), nullable=False, index=True),
    time_column("expires_at"),
    time_column("rotated_at", nullable=True),
    time_column("revoked_at", nullable=True),
    Index("ix_refresh_tokens_expires_at", "expires_at"),
)
