"""What is to be taken up again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import touches


def list_follow_ups(
    tx: Connection, agent_id: str | None, due_before: date | None, cursor: str | None, limit: int
) -> tuple[list[Touch], str | None]:
    after = decode_cursor(cursor, [date.fromisoformat, UUID])
    found = touches.list_follow_ups(
        tx,
        agent_id=agent_id,
        due_before=due_before,
        after=(after[0], after[1]) if after else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda touch: [touch.follow_up_on, touch.touch_id])
