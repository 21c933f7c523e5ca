"""Games, and the profiles that they report (R5)."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.web import Answer, answer

from gamedesk_players.api.resources import resources
from gamedesk_players.commands import profiles


def list_games() -> Answer:
    games = resources().games.values()
    return answer({"items": [{"game_id": game.id, "name": game.name} for game in games]})


def sync_player(player_id: str) -> Answer:
    r = resources()
    r.database.transact(profiles.request_sync, UUID(player_id), list(r.games))
    return answer({"player_id": player_id, "games": len(r.games)}, 202)
