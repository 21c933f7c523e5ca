"""the unassigned work of an agent's players is read from indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_tickets_unassigned_due",
        "tickets",
        ["next_due_at", "ticket_id", "player_id", "state"],
        postgresql_where=sa.text("assignee_agent_id IS NULL AND next_due_at IS NOT NULL"),
    )
    op.drop_index("ix_player_copies_owner_agent_id", table_name="player_copies")
    op.create_index("ix_player_copies_owner_agent_id_player_id", "player_copies", ["owner_agent_id", "player_id"])


def downgrade() -> None:
    op.drop_index("ix_player_copies_owner_agent_id_player_id", table_name="player_copies")
    op.create_index("ix_player_copies_owner_agent_id", "player_copies", ["owner_agent_id"])
    op.drop_index("ix_tickets_unassigned_due", table_name="tickets")
