"""when a ticket was done for the first time, from what its timeline says."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILL = """
UPDATE tickets SET first_done_at = done.at
FROM (SELECT ticket_id, min(recorded_at) AS at FROM entries WHERE to_state = 'done' GROUP BY ticket_id) AS done
WHERE tickets.ticket_id = done.ticket_id
"""


def upgrade() -> None:
    op.add_column("tickets", sa.Column("first_done_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_FILL)


def downgrade() -> None:
    op.drop_column("tickets", "first_done_at")
