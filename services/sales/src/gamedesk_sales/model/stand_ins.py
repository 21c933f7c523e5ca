"""Who sells in whose place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

LONGEST_DAYS = 92


@dataclass(frozen=True)
class NewStandIn:
    owner_agent_id: str
    stand_in_agent_id: str
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True)
class StandIn:
    """From one day of Shanghai to another, both included, `stand_in_agent_id` sells to the players of the owner."""

    stand_in_id: UUID
    owner_agent_id: str
    stand_in_agent_id: str
    from_on: date
    until_on: date
    reason: str
    created_by: str
    created_at: datetime
    version: int
    ended_by: str | None = None
    ended_at: datetime | None = None

    def in_force(self, day: date) -> bool:
        return self.ended_at is None and self.from_on <= day <= self.until_on
