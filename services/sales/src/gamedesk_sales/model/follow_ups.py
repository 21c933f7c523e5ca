"""What is to be taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gamedesk_sales.model.touches import Touch


@dataclass(frozen=True)
class FollowUp:
    """The promise that `touch` made. `due_on` is its day now, `touch.follow_up_on` the day promised; a later contact
    (`closed_by`) ends it. `owner_agent_id` owns the player now, or did when it was done."""

    touch: Touch
    owner_agent_id: str
    due_on: date
    closed_by: UUID | None
    version: int
    postponed_times: int
    postponed_by: str | None
    postponed_at: datetime | None
    postpone_reason: str | None

    def is_overdue(self, today: date) -> bool:
        return self.closed_by is None and self.due_on < today


@dataclass(frozen=True)
class WantedFollowUps:
    """`agent_id` and `team` own the player now, or did when it was done; days are inclusive."""

    agent_id: str | None = None
    team: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    done: bool = False


@dataclass(frozen=True)
class Reminder:
    """That the day of a follow-up (`touch_id`) or of a taken proposal (`proposal_id`) has come."""

    player_id: UUID
    agent_id: str
    due_on: date
    touch_id: UUID | None = None
    proposal_id: UUID | None = None
