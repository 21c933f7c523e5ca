"""The domain: agents, players, and the profiles that games report for a player's phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

Role = Literal["agent", "lead", "admin"]
Tier = Literal["none", "small", "medium", "big", "whale"]
MinorBand = Literal["none", "under_8", "8_15", "16_17"]
ProfileState = Literal["pending", "ok", "stale", "not_found", "ambiguous", "error"]


@dataclass(frozen=True)
class Agent:
    """`agent_id` is chosen by people (KF001) and is the key to everything else (R21)."""

    agent_id: str
    name: str
    role: Role
    team: str
    active: bool
    wechat_id: str | None
    wechat_name: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Player:
    """`wechat_id` is the current one; former ones are `wechat_aliases`. `phones` are E.164, the first is primary."""

    player_id: UUID
    owner_agent_id: str
    wechat_id: str | None
    wechat_name: str | None
    tier: Tier
    minor_band: MinorBand
    note: str
    tags: tuple[str, ...]
    merged_into: UUID | None
    erased: bool
    version: int
    created_at: datetime
    updated_at: datetime
    phones: tuple[str, ...] = ()
    wechat_aliases: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class NewPlayer:
    phone: str
    owner_agent_id: str
    wechat_id: str | None = None
    wechat_name: str | None = None
    tier: Tier = "none"
    minor_band: MinorBand = "none"
    note: str = ""


@dataclass(frozen=True)
class NewAgent:
    agent_id: str
    name: str
    password: str
    wechat_id: str | None
    wechat_name: str | None
    role: Role = "agent"
    team: str = ""
