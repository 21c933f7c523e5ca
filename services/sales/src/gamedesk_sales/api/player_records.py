"""What sales adds to a player's timeline."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.resources import resources
from gamedesk_sales.queries import player_records as queries
from gamedesk_sales.views.player_records import record_view


def list_player_records(player_id: str, before: str | None = None, limit: int = 50) -> Answer:
    earlier = UUID(before) if before else None
    found = resources().database.read(queries.list_records, UUID(player_id), earlier, limit)
    moment = now()
    return answer({"items": [record_view(record, moment) for record in found]})
