"""Pulls, and how far each is."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import PullNotFound
from gamedesk_catalog.model.pulls import Pull
from gamedesk_catalog.repository import pulls


def get_pull(tx: Connection, pull_id: UUID) -> Pull:
    pull = pulls.get(tx, pull_id)
    if pull is None:
        raise PullNotFound()
    return pull


def list_pulls(tx: Connection, game_id: str | None, cursor: str | None, limit: int) -> tuple[list[Pull], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = pulls.list_page(tx, game_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda pull: [pull.pull_id])
