"""Packs as they can be offered."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.resources import resources
from gamedesk_sales.queries import offers as queries
from gamedesk_sales.views.offers import offer_view


def get_offer(pack_code: str) -> Answer:
    return answer(offer(pack_code))


def offer(pack_code: str) -> dict[str, Any]:
    return offer_view(resources().database.transact(queries.get_offer, pack_code), now())
