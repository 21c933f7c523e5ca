"""Handing all players of an agent to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

HandoffState = Literal["running", "done"]


@dataclass(frozen=True)
class Handoff:
    """`total`: how many players there were when it was asked for; `moved`: how many have their new owner."""

    handoff_id: UUID
    from_agent_id: str
    to_agent_id: str
    reason: str
    state: HandoffState
    total: int
    moved: int
    requested_by: str
    created_at: datetime
    finished_at: datetime | None = None
