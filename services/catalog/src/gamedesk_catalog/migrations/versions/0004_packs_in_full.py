"""Rules with dates and rounding, approvals, revisions, and packs for one player."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packs", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("packs", sa.Column("player_id", sa.Uuid(), nullable=True))
    op.add_column("packs", sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("valid_from", "player_id", "campaign_id"):
        op.drop_column("packs", column)
