"""Who sells in whose place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_sales.api.fields import day, required_day
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import stand_ins
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.stand_ins import NewStandIn
from gamedesk_sales.queries import stand_ins as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.stand_ins import stand_in_view


def list_stand_ins(
    owner: str | None = None,
    stand_in: str | None = None,
    on: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = resources().database.read(
        queries.list_stand_ins, owner, stand_in, day(on, "/query/on"), cursor, limit
    )
    today = business_day(now())
    return answer({"items": [stand_in_view(each, today) for each in found], "next_cursor": next_cursor})


def create_stand_in(body: dict[str, Any]) -> Answer:
    days = {field: required_day(body[field], f"/{field}") for field in ("from_on", "until_on")}
    new = NewStandIn(**{**body, **days})
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: stand_ins.create_stand_in(tx, caller, new),
    )
    return _stand_in(UUID(outcome.resource_id), outcome.status)


def end_stand_in(stand_in_id: str) -> Answer:
    caller, wanted = current_principal(), UUID(stand_in_id)
    try:
        resources().database.transact(stand_ins.end_stand_in, caller, wanted, expected_version())
    except StaleVersion as stale:
        stale.extra["current"] = _stand_in(wanted)[0]
        raise
    return _stand_in(wanted)


def _stand_in(stand_in_id: UUID, status: int = 200) -> Answer:
    stand_in = resources().database.read(queries.get_stand_in, stand_in_id)
    return answer(stand_in_view(stand_in, business_day(now())), status, version=stand_in.version)
