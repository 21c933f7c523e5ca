"""What price changes did to packs."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, String, Table, Uuid

from gamedesk_catalog.tables.base import metadata

# `cause_id` is the push's event id, the pull's id, the decision's, or of an override an id that names nothing else.
price_impacts = Table(
    "price_impacts",
    metadata,
    Column("impact_id", Uuid, primary_key=True),
    Column("game_id", String(32), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("cause_id", String(64)),
    Column("actor", String(64)),
    Column("items_changed", Integer, nullable=False),
    Column("packs_changed", Integer, nullable=False),
    Column("packs_to_review", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    CheckConstraint("cause IN ('pull', 'push', 'override', 'confirm')", name="cause"),
    Index("ix_price_impacts_game_id_impact_id", "game_id", "impact_id"),
    Index("ix_price_impacts_cause_id", "cause_id", "impact_id"),
)

price_impact_packs = Table(
    "price_impact_packs",
    metadata,
    Column("impact_id", Uuid, ForeignKey("price_impacts.impact_id", ondelete="CASCADE"), primary_key=True),
    Column("pack_id", Uuid, ForeignKey("packs.pack_id"), primary_key=True),
    Column("old_list_price_fen", BigInteger, nullable=False),
    Column("new_list_price_fen", BigInteger, nullable=False),
    Column("old_price_fen", BigInteger, nullable=False),
    Column("new_price_fen", BigInteger, nullable=False),
    Column("old_state", String(16), nullable=False),
    Column("new_state", String(16), nullable=False),
    Column("breaks", String(16)),
    Index("ix_price_impact_packs_pack_id_impact_id", "pack_id", "impact_id"),
)
