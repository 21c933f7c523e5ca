"""Items, their prices, and what happened to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import items
from gamedesk_catalog.model.items import ItemSort, Waiting, Wanted
from gamedesk_catalog.queries import items as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.items import change_view, decision_view, item_view


def list_items(
    game_id: str | None = None,
    q: str | None = None,
    differs: bool | None = None,
    overridden: bool | None = None,
    pending: Waiting | None = None,
    sort: ItemSort = "code",
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    wanted = Wanted(game_id, q, differs, overridden, pending, sort)
    found, next_cursor = resources().database.snapshot(queries.list_items, wanted, cursor, limit)
    return answer({"items": [item_view(item) for item in found], "next_cursor": next_cursor})


def get_item(item_id: str) -> Answer:
    return _item(UUID(item_id))


def override_price(item_id: str, body: dict[str, Any]) -> Answer:
    price, reason = body["override_price_fen"], body["reason"]
    return _edit_item(UUID(item_id), items.override_price, price_fen=price, reason=reason)


def decide_held_price(item_id: str, body: dict[str, Any]) -> Answer:
    apply = body["decision"] == "apply"
    return _edit_item(UUID(item_id), items.decide_held_price, apply=apply, reason=body.get("reason"))


def decide_held_prices(body: dict[str, Any]) -> Answer:
    asked = [(UUID(one["item_id"]), one["version"]) for one in body["items"]]
    fields = {"apply": body["decision"] == "apply", "reason": body.get("reason")}
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: items.decide_held_prices(tx, caller, asked, **fields),
    )
    return _decision(UUID(outcome.resource_id), outcome.status)


def get_item_decision(decision_id: str) -> Answer:
    return _decision(UUID(decision_id))


def list_item_history(item_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.item_history, UUID(item_id), cursor, limit)
    return answer({"items": [change_view(change) for change in found], "next_cursor": next_cursor})


def _item(item_id: UUID) -> Answer:
    item = resources().database.snapshot(queries.get_item, item_id)
    return answer(item_view(item), version=item.version)


def _decision(decision_id: UUID, status: int = 200) -> Answer:
    return answer(decision_view(resources().database.read(queries.get_decision, decision_id)), status)


def _edit_item(item_id: UUID, command: Callable[..., None], **fields: Any) -> Answer:
    caller, expected = current_principal(), expected_version()
    try:
        resources().database.transact(command, caller, item_id, expected, **fields)
    except StaleVersion as stale:
        stale.extra["current"] = _item(item_id)[0]
        raise
    return _item(item_id)
