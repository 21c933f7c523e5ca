"""handing off, merging and erasing players, and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "player_history",
        sa.Column("history_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_player_history_player_id")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_player_history")),
    )
    op.create_index("ix_player_history_player_id_history_id", "player_history", ["player_id", "history_id"])


def downgrade() -> None:
    op.drop_table("player_history")
