"""Contacts with players."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_sales.api.fields import day, days, ids, optional_id, past_time
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import touches
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.touches import NewTouch
from gamedesk_sales.queries import touches as queries
from gamedesk_sales.queries.contact_rules import frequency_of
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.contact_rules import frequency_warning
from gamedesk_sales.views.touches import touch_view


def list_touches(
    player_id: list[str] | None = None,
    agent: str | None = None,
    outcome: str | None = None,
    occurred_from: str | None = None,
    occurred_to: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    first, before = days(occurred_from, occurred_to, ("occurred_from", "occurred_to"))
    found, next_cursor = resources().database.read(
        queries.list_touches, ids(player_id), agent, outcome, first, before, cursor, limit
    )
    return answer({"items": [touch_view(touch) for touch in found], "next_cursor": next_cursor})


def record_touch(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "reason_id": optional_id(body, "reason_id"),
        "campaign_id": optional_id(body, "campaign_id"),
        "quote_id": optional_id(body, "quote_id"),
        "follow_up_on": day(body.get("follow_up_on"), "/follow_up_on"),
        "occurred_at": past_time(body["occurred_at"], "/occurred_at") if "occurred_at" in body else None,
    }
    database = resources().database
    outcome = create_once(
        database, idempotency_keys, body, lambda tx, caller: touches.record_touch(tx, caller, NewTouch(**fields))
    )
    touch_id, today = UUID(outcome.resource_id), business_day(now())
    touch = database.read(queries.get_touch, touch_id)
    frequency = database.read(frequency_of, touch.player_id, today)
    warnings = [frequency_warning(frequency)] if frequency.is_exceeded else []
    return answer({**touch_view(touch), "warnings": warnings}, outcome.status)
