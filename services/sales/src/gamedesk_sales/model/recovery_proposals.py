"""Players to be won back after trouble with a payment: proposed by a ticket's closing, decided by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

# open → taken | dismissed; both open and taken → done by a contact, withdrawn when the ticket is opened again;
# open → lapsed if nobody decides.
ProposalState = Literal["open", "taken", "dismissed", "done", "withdrawn", "lapsed"]
UNANSWERED: tuple[ProposalState, ...] = ("open", "taken")

# Of what was closed longer ago nothing is proposed: a history that is read again makes no work.
PROPOSED_WITHIN = timedelta(days=14)
# What nobody took up for so long is no reason to call any more.
OPEN_FOR = timedelta(days=14)


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
    """`due_on` is given by who takes it up. `owner_agent_id` owns the player now, or did when it ended; None if he is
    not known yet."""

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


@dataclass(frozen=True)
class WantedProposals:
    """`agent_id` and `team` own the player now, or did when it ended; `due_to` is the last day that counts."""

    state: ProposalState = "open"
    agent_id: str | None = None
    team: str | None = None
    due_to: date | None = None
