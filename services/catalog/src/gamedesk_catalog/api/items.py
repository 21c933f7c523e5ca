"""Items, their prices, and what happened to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import items
from gamedesk_catalog.queries import items as queries
from gamedesk_catalog.views.items import change_view, item_view


def list_items(
    game_id: str | None = None,
    q: str | None = None,
    differs: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = resources().database.transact(queries.list_items, game_id, q, differs, cursor, limit)
    return answer({"items": [item_view(item) for item in found], "next_cursor": next_cursor})


def get_item(item_id: str) -> Answer:
    return _item(UUID(item_id))


def override_price(item_id: str, body: dict[str, Any]) -> Answer:
    price, reason = body["override_price_fen"], body["reason"]
    return _edit_item(UUID(item_id), items.override_price, price_fen=price, reason=reason)


def decide_held_price(item_id: str, body: dict[str, Any]) -> Answer:
    apply = body["decision"] == "apply"
    return _edit_item(UUID(item_id), items.decide_held_price, apply=apply, reason=body.get("reason"))


def list_item_history(item_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.transact(queries.item_history, UUID(item_id), cursor, limit)
    return answer({"items": [change_view(change) for change in found], "next_cursor": next_cursor})


def _item(item_id: UUID) -> Answer:
    item = resources().database.transact(queries.get_item, item_id)
    return answer(item_view(item), version=item.version)


def _edit_item(item_id: UUID, command: Callable[..., None], **fields: Any) -> Answer:
    caller, expected = current_principal(), expected_version()
    try:
        resources().database.transact(command, caller, item_id, expected, **fields)
    except StaleVersion as stale:
        stale.extra["current"] = _item(item_id)[0]
        raise
    return _item(item_id)
