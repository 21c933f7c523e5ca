"""Handoffs and how far they are."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_players.errors import HandoffNotFound
from gamedesk_players.model.handoffs import Handoff
from gamedesk_players.repository import handoffs


def get_handoff(tx: Connection, handoff_id: UUID) -> Handoff:
    handoff = handoffs.get(tx, handoff_id)
    if handoff is None:
        raise HandoffNotFound()
    return handoff


def list_handoffs(tx: Connection, cursor: str | None, limit: int) -> tuple[list[Handoff], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = handoffs.list_page(tx, before[0] if before else None, limit + 1)
    return page(found, limit, lambda handoff: [handoff.handoff_id])
