"""quotes keep who was concerned then; what sales are counted and listed by."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNVERIFIED = sa.text("NOT verified")
_INDEXES: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "ix_orders_paid_at_order_id": ("orders", ["paid_at", "order_id"], {}),
    "ix_quotes_created_at_quote_id": ("quotes", ["created_at", "quote_id"], {}),
    "ix_refunds_refunded_at_refund_id": ("refunds", ["refunded_at", "refund_id"], {}),
    "ix_orders_seller_agent_id_state_order_id": ("orders", ["seller_agent_id", "state", "order_id"], {}),
    "ix_orders_seller_unverified": ("orders", ["seller_agent_id", "order_id"], {"postgresql_where": _UNVERIFIED}),
    "ix_touches_agent_outcome_occurred_at": ("touches", ["agent_id", "outcome", "occurred_at", "touch_id"], {}),
}


def upgrade() -> None:
    for column in (
        sa.Column("agent_team", sa.String(32), server_default="", nullable=False),
        sa.Column("tier", sa.String(16), server_default="none", nullable=False),
    ):
        op.add_column("quotes", column, if_not_exists=True)
    for name, (table, columns, options) in _INDEXES.items():
        index_concurrently(name, table, columns, **options)


def downgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table)
    op.drop_column("quotes", "tier")
    op.drop_column("quotes", "agent_team")
