"""Contacts with players."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import copies, touches


def get_touch(tx: Connection, touch_id: UUID) -> Touch:
    return touches.get(tx, touch_id)


def list_touches(
    tx: Connection,
    player_ids: Sequence[UUID] | None,
    agent_id: str | None,
    outcome: str | None,
    occurred_from: datetime | None,
    occurred_before: datetime | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Touch], str | None]:
    before = decode_cursor(cursor, [datetime.fromisoformat, UUID])
    found = touches.list_page(
        tx,
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        agent_id=agent_id,
        outcome=outcome,
        occurred_from=occurred_from,
        occurred_before=occurred_before,
        before=(before[0], before[1]) if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda touch: [touch.occurred_at, touch.touch_id])
