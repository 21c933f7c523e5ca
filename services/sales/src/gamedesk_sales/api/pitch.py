"""The next pitch (R14, B3, B5)."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.resources import resources
from gamedesk_sales.queries import pitch as queries
from gamedesk_sales.views.pitch import pitch_view


def get_pitch(player_id: str) -> Answer:
    return answer(pitch_view(resources().database.read(queries.get_pitch, UUID(player_id))))
