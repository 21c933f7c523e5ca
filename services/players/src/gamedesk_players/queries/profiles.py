"""Game profiles, and how the games stand with us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from gamedesk_players.errors import ProfileNotFound
from gamedesk_players.model.gates import Gate
from gamedesk_players.model.profiles import Profile
from gamedesk_players.repository import gates, profiles, syncs


@dataclass(frozen=True)
class GamesStanding:
    """By game id: the gate before it, unless it was never asked, and how many questions are due (0 left out)."""

    gates: dict[str, Gate]
    due: dict[str, int]


def get_profile(tx: Connection, profile_id: UUID) -> Profile:
    profile = profiles.get(tx, profile_id)
    if profile is None:
        raise ProfileNotFound()
    return profile


def games_standing(tx: Connection, game_ids: Sequence[str]) -> GamesStanding:
    return GamesStanding(gates.of_games(tx, game_ids), syncs.due_counts(tx, game_ids))
