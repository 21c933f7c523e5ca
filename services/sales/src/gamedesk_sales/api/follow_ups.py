"""What is to be taken up again."""

from __future__ import annotations

from gamedesk_chassis.clock import now
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.fields import day
from gamedesk_sales.api.resources import resources
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.queries import follow_ups as queries
from gamedesk_sales.views.follow_ups import follow_up_view


def list_follow_ups(
    agent: str | None = None, due_before: str | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    before = day(due_before, "/query/due_before")
    found, next_cursor = resources().database.transact(queries.list_follow_ups, agent, before, cursor, limit)
    today = business_day(now())
    return answer({"items": [follow_up_view(touch, today) for touch in found], "next_cursor": next_cursor})
