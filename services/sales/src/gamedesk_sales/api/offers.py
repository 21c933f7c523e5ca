"""Packs as they can be offered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.resources import resources
from gamedesk_sales.queries import offers as queries
from gamedesk_sales.views.offers import offer_view


def get_offer(pack_code: str, player_id: str | None = None) -> Answer:
    return answer(offer(pack_code, UUID(player_id) if player_id else None))


def offer(pack_code: str, player_id: UUID | None = None) -> dict[str, Any]:
    return offer_view(resources().database.read(queries.get_offer, pack_code, player_id), now())
