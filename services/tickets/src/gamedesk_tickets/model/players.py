"""What tickets knows of players, from its copies."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Player:
    """A person; `ids` are those of all records that were merged into this one, and its own."""

    player_id: UUID
    erased: bool
    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Profile:
    """A player in a game; `server` is None until the game has told it."""

    profile_id: UUID
    player_id: UUID
    game_id: str
    server: str | None
