"""handoffs that stop, and requests found by what they made."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    index_concurrently("ix_idempotency_keys_resource_id", "idempotency_keys", ["resource_id"])
    op.add_column("handoffs", sa.Column("stop_reason", sa.String(length=32), nullable=True))
    op.drop_constraint(op.f("ck_handoffs_state"), "handoffs")
    op.create_check_constraint(op.f("ck_handoffs_state"), "handoffs", "state IN ('running', 'done', 'stopped')")


def downgrade() -> None:
    op.drop_index("ix_idempotency_keys_resource_id", table_name="idempotency_keys")
    op.execute("UPDATE handoffs SET state = 'done' WHERE state = 'stopped'")
    op.drop_constraint(op.f("ck_handoffs_state"), "handoffs")
    op.create_check_constraint(op.f("ck_handoffs_state"), "handoffs", "state IN ('running', 'done')")
    op.drop_column("handoffs", "stop_reason")
