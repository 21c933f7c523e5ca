"""Why sales are lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import lost_reasons
from gamedesk_sales.queries import lost_reasons as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.lost_reasons import reason_view


def list_lost_reasons() -> Answer:
    found = resources().database.read(queries.list_reasons)
    return answer({"items": [reason_view(reason) for reason in found]})


def create_lost_reason(body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, _: lost_reasons.create_reason(tx, body["name"].strip(), body.get("needs_note", False)),
    )
    return _reason(UUID(outcome.resource_id), outcome.status)


def edit_lost_reason(reason_id: str, body: dict[str, Any]) -> Answer:
    changes = {**body, "name": body["name"].strip()} if "name" in body else body
    try:
        resources().database.transact(lost_reasons.edit_reason, UUID(reason_id), expected_version(), changes)
    except StaleVersion as stale:
        stale.extra["current"] = _reason(UUID(reason_id))[0]
        raise
    return _reason(UUID(reason_id))


def _reason(reason_id: UUID, status: int = 200) -> Answer:
    reason = resources().database.read(queries.get_reason, reason_id)
    return answer(reason_view(reason), status, version=reason.version)
