"""Sales of packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_sales.api.fields import days, ids, optional_id, past_time
from gamedesk_sales.api.offers import offer
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import orders
from gamedesk_sales.errors import PackChanged
from gamedesk_sales.model.orders import NewOrder, normal_transaction_id, number_in
from gamedesk_sales.queries import orders as queries
from gamedesk_sales.repository.orders import Filter
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.orders import order_view
from gamedesk_sales.views.refunds import refund_view


def list_orders(
    player_id: list[str] | None = None,
    seller: str | None = None,
    not_seller: str | None = None,
    state: str | None = None,
    verified: bool | None = None,
    team: str | None = None,
    q: str | None = None,
    paid_from: str | None = None,
    paid_to: str | None = None,
    sort: str = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    first, before = days(paid_from, paid_to, ("paid_from", "paid_to"))
    wanted = Filter(
        player_ids=ids(player_id),
        seller=seller,
        not_seller=not_seller,
        state=state,
        verified=verified,
        team=team,
        number=number_in(q) if q else None,
        transaction_id=normal_transaction_id(q) if q else None,
        paid_from=first,
        paid_before=before,
        oldest_first=sort == "oldest_payment",
    )
    found, next_cursor = resources().database.read(queries.list_orders, wanted, cursor, limit)
    return answer({"items": [order_view(order) for order in found], "next_cursor": next_cursor})


def create_order(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        **{field: optional_id(body, field) for field in ("profile_id", "quote_id", "campaign_id")},
        "paid_at": past_time(body["paid_at"], "/paid_at"),
    }
    rules = resources().quote_rules
    try:
        outcome = create_once(
            resources().database,
            idempotency_keys,
            body,
            lambda tx, caller: orders.create_order(tx, caller, NewOrder(**fields), rules),
        )
    except PackChanged as changed:
        changed.extra["offer"] = offer(body["pack_code"])
        raise
    return _order(UUID(outcome.resource_id), outcome.status)


def get_order(order_id: str) -> Answer:
    return _order(UUID(order_id))


def verify_order(order_id: str) -> Answer:
    return changed_order(orders.verify_order, UUID(order_id))


def reject_payment(order_id: str, body: dict[str, Any]) -> Answer:
    return changed_order(orders.reject_payment, UUID(order_id), reason=body["reason"])


def cancel_order(order_id: str, body: dict[str, Any]) -> Answer:
    return changed_order(orders.cancel_order, UUID(order_id), reason=body["reason"])


def _order(order_id: UUID, status: int = 200) -> Answer:
    order, refunds = resources().database.snapshot(queries.order_with_refunds, order_id)
    view = {**order_view(order), "refunds": [refund_view(refund) for refund in refunds]}
    return answer(view, status, version=order.version)


def changed_order(command: Callable[..., None], order_id: UUID, **arguments: Any) -> Answer:
    """Change the version in If-Match; who is late gets the state that he has not seen."""
    caller = current_principal()
    try:
        resources().database.transact(command, caller, order_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _order(order_id)[0]
        raise
    return _order(order_id)
