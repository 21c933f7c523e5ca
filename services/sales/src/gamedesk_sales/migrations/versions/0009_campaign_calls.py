"""Campaigns, and whom to call for them."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_copies",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("team", sa.String(32), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("segment", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_copies")),
        if_not_exists=True,
    )
    _calls()
    _draws()
    listed = sa.text("merged_into IS NULL AND NOT erased")
    index_concurrently(
        "ix_player_copies_tier_player_id", "player_copies", ["tier", "player_id"], postgresql_where=listed
    )
    of_campaigns = sa.text("campaign_id IS NOT NULL")
    index_concurrently(
        "ix_orders_campaign_id_order_id", "orders", ["campaign_id", "order_id"], postgresql_where=of_campaigns
    )


def _calls() -> None:
    table = "campaign_calls"
    op.create_table(
        table,
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(32), nullable=False),
        sa.Column("tier_then", sa.String(16), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'no_reply', 'thinking', 'lost', 'won', 'blocked')", name=op.f(f"ck_{table}_state")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "player_id", name=op.f(f"pk_{table}")),
        if_not_exists=True,
    )
    for columns in (["campaign_id", "rank", "player_id"], ["campaign_id", "state", "rank", "player_id"], ["player_id"]):
        op.create_index(f"ix_{table}_" + "_".join(columns), table, columns, if_not_exists=True)
    of_owner = ["campaign_id", "owner_agent_id", "rank", "player_id"]
    op.create_index(f"ix_{table}_campaign_id_owner_rank_player_id", table, of_owner, if_not_exists=True)


def _draws() -> None:
    op.create_table(
        "campaign_draws",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("segment", JSONB(), nullable=False),
        sa.Column("team", sa.String(32), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("players", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(32), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'stopped')", name=op.f("ck_campaign_draws_state")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_draws")),
        if_not_exists=True,
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_campaign_draws_running", "campaign_draws", ["started_at"], postgresql_where=running, if_not_exists=True
    )


def downgrade() -> None:
    op.drop_index("ix_orders_campaign_id_order_id", "orders")
    op.drop_index("ix_player_copies_tier_player_id", "player_copies")
    for table in ("campaign_draws", "campaign_calls", "campaign_copies"):
        op.drop_table(table)
