"""HTTP: request → command or query → answer. One function per operationId of openapi.yaml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import InvalidInput, StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, resources_of_app, time_of

from gamedesk_sales import queries
from gamedesk_sales.commands import contact_blocks, lost_reasons, orders, touches
from gamedesk_sales.errors import PackChanged
from gamedesk_sales.model import NewOrder, NewTouch, business_day
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views import (
    block_view,
    follow_up_view,
    offer_view,
    order_view,
    reason_view,
    record_view,
    touch_view,
)


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root."""

    database: Database


def _resources() -> Resources:
    return resources_of_app()


def list_lost_reasons() -> Answer:
    found = _resources().database.transact(queries.list_reasons)
    return answer({"items": [reason_view(reason) for reason in found]})


def create_lost_reason(body: dict[str, Any]) -> Answer:
    outcome = create_once(
        _resources().database,
        idempotency_keys,
        body,
        lambda tx, _: lost_reasons.create_reason(tx, body["name"].strip(), body.get("needs_note", False)),
    )
    return _reason(UUID(outcome.resource_id), outcome.status)


def edit_lost_reason(reason_id: str, body: dict[str, Any]) -> Answer:
    changes = {**body, "name": body["name"].strip()} if "name" in body else body
    try:
        _resources().database.transact(lost_reasons.edit_reason, UUID(reason_id), expected_version(), changes)
    except StaleVersion as stale:
        stale.extra["current"] = _reason(UUID(reason_id))[0]
        raise
    return _reason(UUID(reason_id))


def list_touches(
    player_id: list[str] | None = None,
    agent: str | None = None,
    outcome: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = _resources().database.transact(
        queries.list_touches, _ids(player_id), agent, outcome, cursor, limit
    )
    return answer({"items": [touch_view(touch) for touch in found], "next_cursor": next_cursor})


def list_player_records(player_id: str, before: str | None = None, limit: int = 50) -> Answer:
    earlier = UUID(before) if before else None
    found = _resources().database.transact(queries.list_records, UUID(player_id), earlier, limit)
    return answer({"items": [record_view(record) for record in found]})


def record_touch(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "reason_id": _id(body, "reason_id"),
        "follow_up_on": _date(body.get("follow_up_on"), "/follow_up_on"),
        "occurred_at": time_of(body["occurred_at"], "/occurred_at") if "occurred_at" in body else None,
    }
    database = _resources().database
    outcome = create_once(
        database, idempotency_keys, body, lambda tx, caller: touches.record_touch(tx, caller, NewTouch(**fields))
    )
    touch = database.transact(queries.get_touch, UUID(outcome.resource_id))
    return answer(touch_view(touch), outcome.status)


def list_follow_ups(
    agent: str | None = None, due_before: str | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    day = _date(due_before, "/query/due_before")
    found, next_cursor = _resources().database.transact(queries.list_follow_ups, agent, day, cursor, limit)
    today = business_day(now())
    return answer({"items": [follow_up_view(touch, today) for touch in found], "next_cursor": next_cursor})


def get_contact_block(player_id: str) -> Answer:
    return answer(block_view(_resources().database.transact(queries.get_contact_block, UUID(player_id))))


def lift_contact_block(player_id: str, body: dict[str, Any]) -> Answer:
    database = _resources().database
    outcome = create_once(
        database,
        idempotency_keys,
        body,
        lambda tx, caller: contact_blocks.lift_block(tx, caller, UUID(player_id), body["reason"]),
    )
    return answer(block_view(database.transact(queries.get_contact_block, UUID(player_id))), outcome.status)


def get_offer(pack_code: str) -> Answer:
    return answer(_offer(pack_code))


def list_orders(
    player_id: list[str] | None = None,
    seller: str | None = None,
    state: str | None = None,
    verified: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = _resources().database.transact(
        queries.list_orders, _ids(player_id), seller, state, verified, cursor, limit
    )
    return answer({"items": [order_view(order) for order in found], "next_cursor": next_cursor})


def create_order(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "profile_id": _id(body, "profile_id"),
        "paid_at": time_of(body["paid_at"], "/paid_at"),
    }
    try:
        outcome = create_once(
            _resources().database,
            idempotency_keys,
            body,
            lambda tx, caller: orders.create_order(tx, caller, NewOrder(**fields)),
        )
    except PackChanged as changed:
        changed.extra["offer"] = _offer(body["pack_code"])
        raise
    return _order(UUID(outcome.resource_id), outcome.status)


def get_order(order_id: str) -> Answer:
    return _order(UUID(order_id))


def verify_order(order_id: str) -> Answer:
    return _changed_order(orders.verify_order, UUID(order_id))


def cancel_order(order_id: str, body: dict[str, Any]) -> Answer:
    return _changed_order(orders.cancel_order, UUID(order_id), reason=body["reason"])


def _reason(reason_id: UUID, status: int = 200) -> Answer:
    reason = _resources().database.transact(queries.get_reason, reason_id)
    return answer(reason_view(reason), status, version=reason.version)


def _offer(pack_code: str) -> dict[str, Any]:
    return offer_view(_resources().database.transact(queries.get_offer, pack_code), now())


def _order(order_id: UUID, status: int = 200) -> Answer:
    order = _resources().database.transact(queries.get_order, order_id)
    return answer(order_view(order), status, version=order.version)


def _changed_order(command: Callable[..., None], order_id: UUID, **arguments: Any) -> Answer:
    """Change the version in If-Match; who is late gets the state that he has not seen."""
    caller = current_principal()
    try:
        _resources().database.transact(command, caller, order_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _order(order_id)[0]
        raise
    return _order(order_id)


def _ids(texts: list[str] | None) -> list[UUID] | None:
    return None if texts is None else [UUID(text) for text in texts]


def _id(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def _date(text: str | None, pointer: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("This day cannot be represented.", pointer=pointer) from None
