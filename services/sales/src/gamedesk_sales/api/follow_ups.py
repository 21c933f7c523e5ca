"""What is to be taken up again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_sales.api.fields import day, required_day
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import follow_ups as commands
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.follow_ups import WantedFollowUps
from gamedesk_sales.queries import follow_ups as queries
from gamedesk_sales.views.follow_ups import follow_up_view


def list_follow_ups(
    agent: str | None = None,
    team: str | None = None,
    due_before: str | None = None,
    due_from: str | None = None,
    due_to: str | None = None,
    overdue: bool | None = None,
    done: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    today = business_day(now())
    wanted = WantedFollowUps(
        agent_id=agent,
        team=team,
        due_from=_latest(day(due_from, "/query/due_from"), today if overdue is False else None),
        due_to=_earliest(
            day(due_to, "/query/due_to"), _day_before(day(due_before, "/query/due_before")), _yesterday(today, overdue)
        ),
        done=done,
    )
    found, next_cursor = resources().database.read(queries.list_follow_ups, wanted, cursor, limit)
    return answer({"items": [follow_up_view(one, today) for one in found], "next_cursor": next_cursor})


def postpone_follow_up(touch_id: str, body: dict[str, Any]) -> Answer:
    caller, database, id = current_principal(), resources().database, UUID(touch_id)
    due_on = required_day(body["due_on"], "/due_on")
    try:
        database.transact(commands.postpone_follow_up, caller, id, expected_version(), due_on, body.get("reason"))
    except StaleVersion as stale:
        stale.extra["current"] = _follow_up(id)[0]
        raise
    return _follow_up(id)


def _follow_up(touch_id: UUID) -> Answer:
    found = resources().database.read(queries.get_follow_up, touch_id)
    return answer(follow_up_view(found, business_day(now())), version=found.version)


def _latest(*days: date | None) -> date | None:
    return max((one for one in days if one is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((one for one in days if one is not None), default=None)


def _day_before(day: date | None) -> date | None:
    return None if day is None else day - timedelta(days=1)


def _yesterday(today: date, overdue: bool | None) -> date | None:
    return today - timedelta(days=1) if overdue else None
