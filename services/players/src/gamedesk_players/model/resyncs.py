"""Asking the games about every player again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ResyncState = Literal["planning", "running", "done"]


@dataclass(frozen=True)
class Resync:
    """`total` questions were planned (so far, while planning); `remaining` of them had no answer when last counted."""

    resync_id: UUID
    game_ids: tuple[str, ...]
    state: ResyncState
    planned_after: UUID | None
    total: int
    remaining: int
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
