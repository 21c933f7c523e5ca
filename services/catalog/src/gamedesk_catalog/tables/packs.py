"""Packs and their contents."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gamedesk_catalog.tables.base import metadata

# `allowed_as` is the role whose discount rule carries the pack as it is: its maker's, or its approver's.
packs = Table(
    "packs",
    metadata,
    Column("pack_id", Uuid, primary_key=True),
    Column("code", String(5), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name_grams", ARRAY(Text), nullable=False),
    Column("game_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("allowed_as", String(16)),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("campaign_id", Uuid),
    Column("player_id", Uuid),
    time_column("valid_from", nullable=True),
    time_column("valid_until", nullable=True),
    Column("created_by", String(32), nullable=False),
    Column("revised_by", String(32), nullable=False),
    Column("approved_by", String(32)),
    time_column("created_at"),
    time_column("updated_at"),
    CheckConstraint("state IN ('draft', 'pending_approval', 'active', 'review', 'retired')", name="state"),
    CheckConstraint("discount_bp BETWEEN 0 AND 10000", name="discount_bp"),
    Index("ix_packs_state_pack_id", "state", "pack_id"),
    Index("ix_packs_game_id_pack_id", "game_id", "pack_id"),
    Index("ix_packs_created_by_pack_id", "created_by", "pack_id"),
    Index("ix_packs_code_prefix", "code", postgresql_ops={"code": "text_pattern_ops"}),
    Index("ix_packs_name_grams", "name_grams", postgresql_using="gin"),
)

# `unit_price_fen` is the item's price that the pack's price was made of.
pack_contents = Table(
    "pack_contents",
    metadata,
    Column("pack_id", Uuid, ForeignKey("packs.pack_id"), primary_key=True),
    Column("item_id", Uuid, ForeignKey("items.item_id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price_fen", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)
