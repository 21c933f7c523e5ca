"""Merges of players."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_players.errors import MergeNotFound
from gamedesk_players.model.merges import Merge
from gamedesk_players.queries.history import family_of
from gamedesk_players.repository import merges


def get_merge(tx: Connection, merge_id: UUID) -> Merge:
    merge = merges.get(tx, merge_id)
    if merge is None:
        raise MergeNotFound()
    return merge


def list_merges(tx: Connection, player_id: UUID, cursor: str | None, limit: int) -> tuple[list[Merge], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = merges.page_of(tx, family_of(tx, player_id), before[0] if before else None, limit + 1)
    return page(found, limit, lambda merge: [merge.merge_id])
