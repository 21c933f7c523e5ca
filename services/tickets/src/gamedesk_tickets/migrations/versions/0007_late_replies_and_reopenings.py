"""what figures say of replies recorded late and of reopenings; missed deadlines of tickets that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FILL_REOPENED = """
UPDATE cycles SET reopened = true FROM cycles AS later
WHERE later.ticket_id = cycles.ticket_id AND later.cycle = cycles.cycle + 1
"""

_FILL_RECORDED_LATE = """
UPDATE cycles SET first_reply_late = true FROM entries
WHERE entries.ticket_id = cycles.ticket_id AND kind = 'reply' AND recorded_at - happened_at > interval '15 minutes'
  AND happened_at = first_replied_at AND agent_id = first_replied_by
"""

# A deadline that was over when the pause began is shown in the pause too.
_SHOW_MISSED = """
UPDATE tickets SET resolution_due_at = cycles.resolution_due_at,
                   next_due_at = least(tickets.next_due_at, cycles.resolution_due_at)
FROM cycles
WHERE cycles.ticket_id = tickets.ticket_id AND cycles.cycle = tickets.cycle AND tickets.state <> 'done'
  AND cycles.resolution_due_at < cycles.paused_since
"""

_HIDE_MISSED = """
UPDATE tickets SET resolution_due_at = NULL,
                   next_due_at = CASE WHEN cycles.first_replied_at IS NULL THEN cycles.first_response_due_at END
FROM cycles
WHERE cycles.ticket_id = tickets.ticket_id AND cycles.cycle = tickets.cycle AND tickets.state <> 'done'
  AND cycles.resolution_due_at < cycles.paused_since
"""


def upgrade() -> None:
    for name in ("first_reply_late", "reopened"):
        op.add_column("cycles", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
    op.execute(_FILL_REOPENED)
    op.execute(_FILL_RECORDED_LATE)
    op.execute(_SHOW_MISSED)


def downgrade() -> None:
    op.execute(_HIDE_MISSED)
    for name in ("reopened", "first_reply_late"):
        op.drop_column("cycles", name)
