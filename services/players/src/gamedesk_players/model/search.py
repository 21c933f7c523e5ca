"""How players are found, and how lists of them are narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_players.model.players import MinorBand, Tier
from gamedesk_players.model.profiles import ProfileState

Match = Literal[
    "phone", "wechat_id", "former_wechat_id", "name", "last_four",
    "phone_prefix", "wechat_prefix", "name_prefix",
    "wechat_part", "name_part",
]  # fmt: skip
Sort = Literal["newest", "oldest"]


@dataclass(frozen=True)
class Hit:
    player_id: UUID
    match: Match


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. `server` is one of `game`; with `game`, players with an account there.

    `created_from` and `created_to` are days of the business zone, both included. A profile is stale after
    `stale_after`.
    """

    owner: str | None = None
    tier: Tier | None = None
    tag: str | None = None
    minor_band: MinorBand | None = None
    game: str | None = None
    server: str | None = None
    profile_state: ProfileState | None = None
    created_from: date | None = None
    created_to: date | None = None
    sort: Sort = "newest"
    stale_after: timedelta = timedelta(hours=24)

    @property
    def of_profiles(self) -> bool:
        """Whether it depends on what the games report."""
        return self.game is not None or self.profile_state is not None

    @property
    def narrowed_beyond_owner(self) -> bool:
        fields = (self.tier, self.tag, self.minor_band, self.created_from, self.created_to)
        return self.of_profiles or any(field is not None for field in fields)

    @property
    def of_few(self) -> bool:
        """Whether a field of the player himself narrows the list to a small part of all."""
        return bool(self.owner or self.tag) or any(f not in (None, "none") for f in (self.tier, self.minor_band))
