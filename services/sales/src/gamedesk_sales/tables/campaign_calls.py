"""Whom to call for a campaign."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gamedesk_sales.tables.base import metadata

# `rank` is the place of `tier_then`; `drawn_at` is NULL for who was spoken with without having been drawn.
# `owner_agent_id` moves with the player.
campaign_calls = Table(
    "campaign_calls",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("player_id", Uuid, primary_key=True),
    Column("owner_agent_id", String(32), nullable=False),
    Column("tier_then", String(16), nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False),
    time_column("drawn_at", nullable=True),
    Column("touches", Integer, nullable=False),
    time_column("updated_at"),
    CheckConstraint("state IN ('open', 'no_reply', 'thinking', 'lost', 'won', 'blocked')", name="state"),
    Index("ix_campaign_calls_campaign_id_rank_player_id", "campaign_id", "rank", "player_id"),
    Index("ix_campaign_calls_campaign_id_state_rank_player_id", "campaign_id", "state", "rank", "player_id"),
    Index("ix_campaign_calls_campaign_id_owner_rank_player_id", "campaign_id", "owner_agent_id", "rank", "player_id"),
    Index("ix_campaign_calls_player_id", "player_id"),
)

# Filling the lists; `after` is the player that a round has come to.
campaign_draws = Table(
    "campaign_draws",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("segment", JSONB, nullable=False),
    Column("team", String(32)),
    Column("state", String(16), nullable=False),
    Column("round", Integer, nullable=False),
    Column("after", Uuid),
    Column("players", Integer, nullable=False),
    Column("looked_at", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("minors", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("started_by", String(32)),
    time_column("started_at"),
    time_column("finished_at", nullable=True),
    CheckConstraint("state IN ('running', 'done', 'stopped')", name="state"),
    Index("ix_campaign_draws_running", "started_at", postgresql_where=text("state = 'running'")),
)
