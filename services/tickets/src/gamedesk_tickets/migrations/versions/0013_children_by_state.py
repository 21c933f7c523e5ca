"""the children of an incident are counted by state."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_tickets_parent_state",
        "tickets",
        ["parent_ticket_id", "state", "ticket_id"],
        postgresql_where=sa.text("parent_ticket_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_parent_state", table_name="tickets")
