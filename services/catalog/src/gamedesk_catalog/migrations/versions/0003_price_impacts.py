"""What price changes did to packs, and what caused them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item_price_changes", sa.Column("cause_id", sa.String(length=64), nullable=True))
    op.add_column("pending_prices", sa.Column("cause_id", sa.String(length=64), nullable=True))
    op.add_column("item_pulls", sa.Column("items_total", sa.Integer(), nullable=True))
    op.create_table(
        "item_decisions",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("decision IN ('apply', 'discard')", name=op.f("ck_item_decisions_decision")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_item_decisions")),
    )
    op.create_index(op.f("ix_item_decisions_decided_at"), "item_decisions", ["decided_at"])
    op.create_table(
        "price_impacts",
        sa.Column("impact_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("cause_id", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("items_changed", sa.Integer(), nullable=False),
        sa.Column("packs_changed", sa.Integer(), nullable=False),
        sa.Column("packs_to_review", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('pull', 'push', 'override', 'confirm')", name=op.f("ck_price_impacts_cause")),
        sa.PrimaryKeyConstraint("impact_id", name=op.f("pk_price_impacts")),
    )
    op.create_index("ix_price_impacts_game_id_impact_id", "price_impacts", ["game_id", "impact_id"])
    op.create_index("ix_price_impacts_cause_id", "price_impacts", ["cause_id", "impact_id"])
    op.create_index(op.f("ix_price_impacts_at"), "price_impacts", ["at"])
    op.create_table(
        "price_impact_packs",
        sa.Column("impact_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("old_list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("new_list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("old_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("new_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("old_state", sa.String(length=16), nullable=False),
        sa.Column("new_state", sa.String(length=16), nullable=False),
        sa.Column("breaks", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["impact_id"],
            ["price_impacts.impact_id"],
            name=op.f("fk_price_impact_packs_impact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["packs.pack_id"], name=op.f("fk_price_impact_packs_pack_id")),
        sa.PrimaryKeyConstraint("impact_id", "pack_id", name=op.f("pk_price_impact_packs")),
    )


def downgrade() -> None:
    op.drop_table("price_impact_packs")
    op.drop_table("price_impacts")
    op.drop_table("item_decisions")
    op.drop_column("item_pulls", "items_total")
    op.drop_column("pending_prices", "cause_id")
    op.drop_column("item_price_changes", "cause_id")
