"""campaigns know their games; payments to confirm are listed by their time."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TO_CONFIRM: dict[str, Any] = {"postgresql_where": sa.text("NOT verified AND state = 'paid'")}
_INDEXES = {
    "ix_orders_to_confirm_paid_at": ["paid_at", "order_id"],
    "ix_orders_seller_to_confirm_paid_at": ["seller_agent_id", "paid_at", "order_id"],
}


def upgrade() -> None:
    # Those of before get theirs by a republication of the catalog.
    games = sa.Column("game_ids", JSONB(), server_default=sa.text("'[]'"), nullable=False)
    op.add_column("campaign_copies", games, if_not_exists=True)
    for name, columns in _INDEXES.items():
        index_concurrently(name, "orders", columns, **_TO_CONFIRM)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "orders")
    op.drop_column("campaign_copies", "game_ids")
