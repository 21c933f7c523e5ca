"""The accounts that games report for a player."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

ProfileState = Literal["pending", "ok", "stale", "not_found", "ambiguous", "error"]


@dataclass(frozen=True)
class Account:
    """An account in a game, as the game's server reports it."""

    game_account_id: str
    nickname: str
    server_id: str
    server_name: str
    level: int | None
    vip_level: int | None


@dataclass(frozen=True)
class Profile:
    """What is known of a player in one game; an aggregate of its own, so that a sync costs no agent a conflict."""

    profile_id: UUID
    player_id: UUID
    game_id: str
    state: ProfileState
    account: Account | None
    synced_at: datetime | None
    attempted_at: datetime | None
    error: str | None
    version: int

    def state_at(self, moment: datetime, stale_after: timedelta) -> ProfileState:
        """`ok` ages into `stale`; nothing else changes by itself."""
        if self.state == "ok" and self.synced_at is not None and moment - self.synced_at > stale_after:
            return "stale"
        return self.state
