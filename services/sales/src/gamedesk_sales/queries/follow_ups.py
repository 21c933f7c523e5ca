"""What is to be taken up again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import FollowUpNotFound
from gamedesk_sales.model.follow_ups import FollowUp, WantedFollowUps
from gamedesk_sales.repository import follow_ups


def get_follow_up(tx: Connection, touch_id: UUID) -> FollowUp:
    found = follow_ups.get(tx, touch_id)
    if found is None:
        raise FollowUpNotFound()
    return found


def list_follow_ups(
    tx: Connection, wanted: WantedFollowUps, cursor: str | None, limit: int
) -> tuple[list[FollowUp], str | None]:
    after = decode_cursor(cursor, [date.fromisoformat, UUID])
    found = follow_ups.list_page(tx, wanted, (after[0], after[1]) if after else None, limit + 1)
    return page(found, limit, lambda follow_up: [follow_up.due_on, follow_up.touch.touch_id])
