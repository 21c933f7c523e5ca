"""Packs and their contents."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("description", String(500), nullable=False, server_default=""),
    Column("rounding", String(4), nullable=False, server_default="fen"),
    Column("floor_fen", BigInteger),
    Column("review_reason", String(16)),
    Column("state_since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("rejected_by", String(32)),
    Column("rejected_reason", String(200)),
    CheckConstraint("state IN ('draft', 'pending_approval', 'active', 'review', 'retired')", name="state"),
    CheckConstraint("discount_bp BETWEEN 0 AND 10000", name="discount_bp"),
    CheckConstraint("rounding IN ('fen', 'yuan')", name="rounding"),
    Index("ix_packs_state_pack_id", "state", "pack_id"),
    Index("ix_packs_game_id_pack_id", "game_id", "pack_id"),
    Index("ix_packs_created_by_pack_id", "created_by", "pack_id"),
    Index("ix_packs_rejected", "created_by", "pack_id", postgresql_where=text("rejected_by IS NOT NULL")),
    Index("ix_packs_campaign_id_pack_id", "campaign_id", "pack_id", postgresql_where=text("campaign_id IS NOT NULL")),
    Index("ix_packs_player_id_pack_id", "player_id", "pack_id", postgresql_where=text("player_id IS NOT NULL")),
    Index("ix_packs_name_key_pack_id", "name_key", "pack_id"),
    Index("ix_packs_price_fen_pack_id", "price_fen", "pack_id"),
    Index("ix_packs_valid", text("tstzrange(valid_from, valid_until)"), postgresql_using="gist"),
    Index(
        "ix_packs_waiting",
        "state_since",
        "pack_id",
        postgresql_where=text("state IN ('pending_approval', 'review')"),
    ),
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

# What each edit made of a pack, as it was then; never changed but for who approved it.
pack_revisions = Table(
    "pack_revisions",
    metadata,
    Column("pack_id", Uuid, ForeignKey("packs.pack_id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("description", String(500), nullable=False),
    Column("discount_bp", Integer, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("rounding", String(4), nullable=False),
    Column("contents", JSONB, nullable=False),
    Column("campaign_id", Uuid),
    Column("player_id", Uuid),
    time_column("valid_from", nullable=True),
    time_column("valid_until", nullable=True),
    Column("made_by", String(32), nullable=False),
    time_column("made_at"),
    Column("approved_by", String(32)),
    time_column("approved_at", nullable=True),
)
