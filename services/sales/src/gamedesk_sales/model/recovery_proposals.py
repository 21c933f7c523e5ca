"""Players to be won back after trouble with a payment: proposed by a ticket's closing, decided by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

# open → taken | dismissed; both open and taken → done by a contact, withdrawn when the ticket is opened again.
ProposalState = Literal["open", "taken", "dismissed", "done", "withdrawn"]
UNANSWERED: tuple[ProposalState, ...] = ("open", "taken")

# Of what was closed longer ago nothing is proposed: a history that is read again makes no work.
PROPOSED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class ClosedTicket:
    """What a ticket's event says of it."""

    ticket_id: UUID
    player_id: UUID
    number: str
    category: str
    cycle: int
    done_at: datetime


@dataclass(frozen=True)
class RecoveryProposal:
    """`due_on` is given by who takes it up."""

    proposal_id: UUID
    player_id: UUID
    ticket_id: UUID
    ticket_number: str
    category: str
    state: ProposalState
    due_on: date | None
    decided_by: str | None
    decided_at: datetime | None
    dismiss_reason: str | None
    closed_by: UUID | None
    proposed_at: datetime
    version: int
    owner_agent_id: str | None

    def is_overdue(self, today: date) -> bool:
        return self.state == "taken" and self.due_on is not None and self.due_on < today
