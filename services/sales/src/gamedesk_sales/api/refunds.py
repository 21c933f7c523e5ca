"""Money that was given back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once, time_of

from gamedesk_sales.api.fields import days, ids
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import refunds
from gamedesk_sales.model.refunds import NewRefund
from gamedesk_sales.queries import refunds as queries
from gamedesk_sales.repository.refunds import Filter
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.refunds import refund_view


def list_refunds(
    player_id: list[str] | None = None,
    order_id: str | None = None,
    refunded_from: str | None = None,
    refunded_to: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    first, before = days(refunded_from, refunded_to, ("refunded_from", "refunded_to"))
    wanted = Filter(
        player_ids=ids(player_id),
        order_id=UUID(order_id) if order_id else None,
        refunded_from=first,
        refunded_before=before,
    )
    found, next_cursor = resources().database.read(queries.list_refunds, wanted, cursor, limit)
    return answer({"items": [refund_view(refund) for refund in found], "next_cursor": next_cursor})


def create_refund(order_id: str, body: dict[str, Any]) -> Answer:
    new = NewRefund(**{**body, "refunded_at": time_of(body["refunded_at"], "/refunded_at")})
    outcome = create_once(
        resources().database,
        idempotency_keys,
        {**body, "order_id": order_id},
        lambda tx, caller: refunds.create_refund(tx, caller, UUID(order_id), new),
    )
    refund = resources().database.read(queries.get_refund, UUID(outcome.resource_id))
    return answer(refund_view(refund), outcome.status)
