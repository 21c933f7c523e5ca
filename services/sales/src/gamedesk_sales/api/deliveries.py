"""What the games are to give for orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.fields import optional_id
from gamedesk_sales.api.orders import changed_order
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import deliveries
from gamedesk_sales.queries import deliveries as queries
from gamedesk_sales.views.deliveries import listed_delivery_view


def list_deliveries(
    state: list[str] | None = None,
    game: str | None = None,
    overdue: bool | None = None,
    seller: str | None = None,
    team: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = resources().database.read(
        queries.list_deliveries, state, game, overdue, seller, team, cursor, limit
    )
    moment = now()
    return answer({"items": [listed_delivery_view(order, moment) for order in found], "next_cursor": next_cursor})


def retry_delivery(order_id: str, body: dict[str, Any]) -> Answer:
    return changed_order(deliveries.retry_delivery, UUID(order_id), profile_id=optional_id(body, "profile_id"))
