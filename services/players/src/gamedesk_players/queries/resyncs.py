"""Resyncs, and how far they are."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_players.errors import ResyncNotFound
from gamedesk_players.model.resyncs import Resync
from gamedesk_players.repository import resyncs


def get_resync(tx: Connection, resync_id: UUID) -> Resync:
    resync = resyncs.get(tx, resync_id)
    if resync is None:
        raise ResyncNotFound()
    return resync


def list_resyncs(tx: Connection, cursor: str | None, limit: int) -> tuple[list[Resync], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = resyncs.list_page(tx, before[0] if before else None, limit + 1)
    return page(found, limit, lambda resync: [resync.resync_id])
