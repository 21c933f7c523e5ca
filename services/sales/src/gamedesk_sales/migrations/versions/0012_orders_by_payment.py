"""orders are listed by days of payment, and found by the number of a payment."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_INDEXES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "ix_orders_seller_agent_id_paid_at_order_id": (["seller_agent_id", "paid_at", "order_id"], {}),
    "ix_orders_seller_agent_id_state_paid_at": (["seller_agent_id", "state", "paid_at", "order_id"], {}),
    "ix_orders_state_paid_at_order_id": (["state", "paid_at", "order_id"], {}),
    "ix_orders_unverified_paid_at": (["paid_at", "order_id"], {"postgresql_where": sa.text("NOT verified")}),
    "ix_orders_transaction_id": (["transaction_id"], {}),
}


def upgrade() -> None:
    for name, (columns, options) in _INDEXES.items():
        index_concurrently(name, "orders", columns, **options)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "orders")
