"""Players to be won back after a payment or refund ticket of theirs was closed."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint, Uuid, text

from gamedesk_sales.tables.base import metadata

# One for each closing of a ticket: `cycle` counts its reopenings. `due_on` is set by who takes it up; `reminded_on`
# is the day of the last reminder. `closed_by` is the contact that answered it. `owner_agent_id` moves with the player
# until it ends; NULL until his copy has come.
recovery_proposals = Table(
    "recovery_proposals",
    metadata,
    Column("proposal_id", Uuid, primary_key=True),
    Column("player_id", Uuid, nullable=False),
    Column("owner_agent_id", String(32)),
    Column("ticket_id", Uuid, nullable=False),
    Column("ticket_number", String(24), nullable=False),
    Column("category", String(32), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_on", Date),
    Column("reminded_on", Date),
    Column("decided_by", String(32)),
    time_column("decided_at", nullable=True),
    Column("dismiss_reason", String(500)),
    Column("closed_by", Uuid, ForeignKey("touches.touch_id")),
    time_column("proposed_at"),
    Column("version", Integer, nullable=False),
    UniqueConstraint("ticket_id", "cycle"),
)

_T = recovery_proposals.c
_OPEN = text("state = 'open'")
_TAKEN = text("state = 'taken'")
_UNANSWERED = text("state IN ('open', 'taken')")
_TO_REMIND = text("state = 'taken' AND reminded_on IS DISTINCT FROM due_on")

Index(
    "ix_recovery_proposals_player_id_unanswered",
    recovery_proposals.c.player_id,
    postgresql_where=_UNANSWERED,
)
Index("ix_recovery_proposals_state_proposal_id", recovery_proposals.c.state, recovery_proposals.c.proposal_id)
Index("ix_recovery_proposals_due_on_to_remind", recovery_proposals.c.due_on, postgresql_where=_TO_REMIND)
Index("ix_recovery_proposals_owner_state_proposal_id", _T.owner_agent_id, _T.state, _T.proposal_id)
Index("ix_recovery_proposals_owner_due_on_taken", _T.owner_agent_id, _T.due_on, postgresql_where=_TAKEN)
Index("ix_recovery_proposals_due_on_taken", _T.due_on, postgresql_where=_TAKEN)
Index("ix_recovery_proposals_proposed_at_open", _T.proposed_at, postgresql_where=_OPEN)
Index("ix_recovery_proposals_closed_by", _T.closed_by, postgresql_where=text("closed_by IS NOT NULL"))
