"""a player has one open follow-up, his owner's; payment numbers are stored in one form."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_by IS NULL")


def upgrade() -> None:
    op.execute(
        """
        UPDATE follow_ups SET closed_by = newest.touch_id
        FROM (
            SELECT DISTINCT ON (player_id) player_id, touch_id FROM follow_ups
            WHERE closed_by IS NULL ORDER BY player_id, touch_id DESC
        ) AS newest
        WHERE follow_ups.player_id = newest.player_id AND follow_ups.touch_id <> newest.touch_id AND closed_by IS NULL
        """
    )
    op.drop_index("uq_follow_ups_player_id_agent_id_open", "follow_ups", postgresql_where=_OPEN)
    op.drop_index("ix_follow_ups_agent_id_due_on_open", "follow_ups", postgresql_where=_OPEN)
    op.create_index("uq_follow_ups_player_id_open", "follow_ups", ["player_id"], unique=True, postgresql_where=_OPEN)
    op.create_index(op.f("ix_player_copies_owner_agent_id"), "player_copies", ["owner_agent_id"])
    # Two orders that turn out to be for one payment keep their numbers as they were typed, for a person to look at.
    op.execute(
        """
        UPDATE orders SET transaction_id = upper(normalize(transaction_id, NFKC))
        WHERE length(normalize(transaction_id, NFKC)) <= 64 AND NOT EXISTS (
            SELECT FROM orders AS other
            WHERE other.method = orders.method AND other.order_id <> orders.order_id AND other.state <> 'cancelled'
            AND upper(normalize(other.transaction_id, NFKC)) = upper(normalize(orders.transaction_id, NFKC))
        )
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_player_copies_owner_agent_id"), "player_copies")
    op.drop_index("uq_follow_ups_player_id_open", "follow_ups", postgresql_where=_OPEN)
    op.create_index(
        "ix_follow_ups_agent_id_due_on_open", "follow_ups", ["agent_id", "due_on", "touch_id"], postgresql_where=_OPEN
    )
    op.create_index(
        "uq_follow_ups_player_id_agent_id_open",
        "follow_ups",
        ["player_id", "agent_id"],
        unique=True,
        postgresql_where=_OPEN,
    )
