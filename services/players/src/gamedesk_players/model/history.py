"""What happened to a player."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

HistoryKind = Literal[
    "created",
    "handed_off",
    "tier_changed",
    "merged",
    "merge_undone",
    "contacts_revealed",
    "profile_appeared",
    "profile_lost",
    "renamed",
    "moved_server",
]


@dataclass(frozen=True)
class HistoryEntry:
    """`details` by kind: {before, after} of a change, with game_id where a game reported it; ids of a merge."""

    history_id: UUID
    player_id: UUID
    profile_id: UUID | None
    kind: HistoryKind
    details: dict[str, Any]
    agent_id: str | None
    happened_at: datetime
