"""Contacts with players."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once, time_of

from gamedesk_sales.api.fields import day, ids, optional_id
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import touches
from gamedesk_sales.model.touches import NewTouch
from gamedesk_sales.queries import touches as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.touches import touch_view


def list_touches(
    player_id: list[str] | None = None,
    agent: str | None = None,
    outcome: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = resources().database.transact(
        queries.list_touches, ids(player_id), agent, outcome, cursor, limit
    )
    return answer({"items": [touch_view(touch) for touch in found], "next_cursor": next_cursor})


def record_touch(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "reason_id": optional_id(body, "reason_id"),
        "follow_up_on": day(body.get("follow_up_on"), "/follow_up_on"),
        "occurred_at": time_of(body["occurred_at"], "/occurred_at") if "occurred_at" in body else None,
    }
    database = resources().database
    outcome = create_once(
        database, idempotency_keys, body, lambda tx, caller: touches.record_touch(tx, caller, NewTouch(**fields))
    )
    touch = database.transact(queries.get_touch, UUID(outcome.resource_id))
    return answer(touch_view(touch), outcome.status)
