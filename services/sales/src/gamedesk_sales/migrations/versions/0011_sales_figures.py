"""quotes keep who was concerned then; what sales are counted by."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXES = {
    "orders": ("paid_at", "order_id"),
    "quotes": ("created_at", "quote_id"),
    "refunds": ("refunded_at", "refund_id"),
}


def upgrade() -> None:
    for column in (
        sa.Column("agent_team", sa.String(32), server_default="", nullable=False),
        sa.Column("tier", sa.String(16), server_default="none", nullable=False),
    ):
        op.add_column("quotes", column, if_not_exists=True)
    for table, columns in _INDEXES.items():
        index_concurrently(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    for table, columns in _INDEXES.items():
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.drop_column("quotes", "tier")
    op.drop_column("quotes", "agent_team")
