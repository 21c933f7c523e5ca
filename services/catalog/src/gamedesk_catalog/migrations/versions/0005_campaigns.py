"""Campaigns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("theme", sa.String(200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("game_ids", postgresql.ARRAY(sa.String(32)), nullable=False),
        sa.Column("pack_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("segment", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("team", sa.String(32), nullable=True),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("launched_by", sa.String(32), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'running', 'ended')", name=op.f("ck_campaigns_state")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaigns_days")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaigns")),
    )
    op.create_index("ix_campaigns_state_campaign_id", "campaigns", ["state", "campaign_id"])
    op.create_index("ix_campaigns_running", "campaigns", ["ends_on"], postgresql_where=sa.text("state = 'running'"))
    op.create_index("ix_campaigns_game_ids", "campaigns", ["game_ids"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("campaigns")
