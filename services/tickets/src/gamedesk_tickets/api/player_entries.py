"""The timeline of a player (R26, B10)."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.web import Answer, answer

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.queries import player_entries as queries
from gamedesk_tickets.views.player_entries import player_entry_view


def list_player_entries(player_id: str, before: str | None = None, limit: int = 50) -> Answer:
    found = resources().database.read(
        queries.list_player_entries, UUID(player_id), UUID(before) if before else None, limit
    )
    return answer({"items": [player_entry_view(entry) for entry in found]})
