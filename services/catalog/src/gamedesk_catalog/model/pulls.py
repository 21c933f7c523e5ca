"""Readings of a game's whole price list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

PullState = Literal["queued", "running", "done", "failed"]


@dataclass(frozen=True)
class Pull:
    """One reading of a game's whole price list; `items_total` where the game says it, `started_by` unless by clock."""

    pull_id: UUID
    game_id: str
    state: PullState
    pages: int
    items_seen: int
    items_total: int | None
    items_changed: int
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None
    started_by: str | None
