"""Copies of players, their game profiles, and agents."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

# States of a profile in which the game has named an account that a pack can be delivered to.
_IDENTIFIED = frozenset({"ok", "stale", "ambiguous"})


@dataclass(frozen=True)
class Player:
    """A copy of what players says; the person's name and contacts are not known here.

    `ids`: his own, and those of the players who were merged into him, under which records of his are kept.
    """

    player_id: UUID
    owner_agent_id: str
    erased: bool
    tier: str
    minor_band: str
    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Agent:
    """A copy."""

    agent_id: str
    role: str
    team: str
    active: bool


@dataclass(frozen=True)
class Profile:
    """A copy of one of a player's game profiles."""

    profile_id: UUID
    player_id: UUID
    game_id: str
    server: str | None
    game_account_id: str | None
    state: str
    server_id: str | None = None

    @property
    def identified(self) -> bool:
        """Whether a pack can be delivered to it."""
        return self.game_account_id is not None and self.state in _IDENTIFIED
