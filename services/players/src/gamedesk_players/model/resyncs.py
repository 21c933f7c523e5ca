"""Asking the games about every player again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ResyncState = Literal["planning", "running", "done"]


@dataclass(frozen=True)
class Resync:
    """`total` questions were planned (so far, while planning); `remaining` of them were not settled when last counted.

    A question is settled by an answer, or when the game failed to give one several times in a row.
    """

    resync_id: UUID
    game_ids: tuple[str, ...]
    state: ResyncState
    planned_after: UUID | None
    total: int
    remaining: int
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
