"""Handing all players of an agent to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

HandoffState = Literal["running", "done", "stopped"]
StopReason = Literal["new_owner_inactive"]


@dataclass(frozen=True)
class Handoff:
    """`total`: how many players there were when it was asked for; `moved`: how many have their new owner.

    `stop_reason`: why a stopped one left the others where they were.
    """

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
    stop_reason: StopReason | None = None
