"""new events are published before repeated ones."""

from alembic import op
from gamedesk_chassis import schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.order_outbox_v2(op)


def downgrade() -> None:
    schema.order_outbox_v1(op)
