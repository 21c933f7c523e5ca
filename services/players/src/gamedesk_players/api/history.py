"""What happened to a player, and who looked at his contacts."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.web import Answer, answer

from gamedesk_players.api.resources import resources
from gamedesk_players.queries import history
from gamedesk_players.views.history import entry_view, reveal_view


def list_player_history(
    player_id: str, before: str | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    bound = UUID(before) if before else None
    found, next_cursor = resources().database.read(history.list_history, UUID(player_id), bound, cursor, limit)
    return answer({"items": [entry_view(entry) for entry in found], "next_cursor": next_cursor})


def list_reveals(player_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(history.list_reveals, UUID(player_id), cursor, limit)
    return answer({"items": [reveal_view(row) for row in found], "next_cursor": next_cursor})
