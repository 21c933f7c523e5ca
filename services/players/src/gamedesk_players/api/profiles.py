"""Games, and the profiles that they report (R5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_players.api.resources import resources
from gamedesk_players.commands import syncs
from gamedesk_players.queries import profiles as queries
from gamedesk_players.views import profiles as views

log = structlog.get_logger(__name__)


def list_games() -> Answer:
    r = resources()
    standing = r.database.read(queries.games_standing, list(r.games))
    return answer(views.games(r.games.values(), standing, now()))


def get_profile(profile_id: str) -> Answer:
    r = resources()
    profile = r.database.read(queries.get_profile, UUID(profile_id))
    return answer({**r.views.profile(profile, now()), "player_id": profile.player_id})


def sync_player(player_id: str) -> Answer:
    r = resources()
    r.database.transact(syncs.request_sync, UUID(player_id), list(r.games))
    return answer({"player_id": player_id, "games": len(r.games)}, 202)


def hasten_when_stale(player: dict[str, Any]) -> None:
    """Whoever looks at old profiles gets new ones soon; the answer he is getting now depends on nothing of it."""
    r = resources()
    known = [profile["synced_at"] for profile in player["profiles"] if profile["synced_at"]]
    if not known or now() - min(known) <= r.views.stale_after:
        return
    try:
        r.database.transact(syncs.hasten_stale, UUID(str(player["player_id"])), r.views.stale_after)
    except Exception as error:
        log.warning("sync_not_hastened", error=type(error).__name__)
