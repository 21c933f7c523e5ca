"""Players who asked not to be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ContactBlock:
    """A player's wish not to be contacted; in force until a lead lifts it."""

    block_id: UUID
    player_id: UUID
    touch_id: UUID
    blocked_by: str
    blocked_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None
