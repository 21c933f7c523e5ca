"""Incidents: a ticket that others hang on, and answers that go to all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from gamedesk_tickets.model.tickets import Ticket

# What became of one ticket: `skipped` was done before its turn came, `failed` was tried in vain too often.
Outcome = Literal["answered", "skipped", "failed"]


@dataclass(frozen=True)
class NewAnswer:
    """`replied_at`: when the players saw it on WeChat, None if they did not. `close`: the tickets are done then."""

    text: str
    replied_at: datetime | None = None
    close: bool = False
    solution: str | None = None


@dataclass(frozen=True)
class IncidentAnswer:
    answer_id: UUID
    ticket_id: UUID
    text: str
    replied_at: datetime | None
    close: bool
    solution: str | None
    requested_by: str
    created_at: datetime

    def reply_seen(self, ticket: Ticket) -> datetime | None:
        """When the player saw it as an answer to his question; None if he did not, or asked only later."""
        return self.replied_at if self.replied_at and self.replied_at >= ticket.asked_at else None


@dataclass(frozen=True)
class Progress:
    """How many tickets an answer goes to and how many are worked off; `finished_at` is None until all are.

    `failed`: those of them that it could not get to; `failed_ticket_ids`: which, the first hundred by id.
    """

    total: int
    done: int
    failed: int
    finished_at: datetime | None
    failed_ticket_ids: tuple[UUID, ...] = ()
