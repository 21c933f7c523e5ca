"""What happened to a player, with what happened to those merged into him."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection, Row

from gamedesk_players.errors import PlayerNotFound
from gamedesk_players.model.history import HistoryEntry
from gamedesk_players.repository import history, players


def family_of(tx: Connection, player_id: UUID) -> tuple[UUID, ...]:
    """The player, or who took his place, and then all who were merged into him. Raises PlayerNotFound."""
    player = players.get(tx, player_id)
    if player is None:
        raise PlayerNotFound()
    root = player.merged_into or player_id
    return (root, *players.losers_of(tx, [root])[root])


def list_history(
    tx: Connection, player_id: UUID, before: UUID | None, cursor: str | None, limit: int
) -> tuple[list[HistoryEntry], str | None]:
    """A page of entries, of those recorded before the one with the id `before`."""
    bounds = [*(decode_cursor(cursor, [UUID]) or ()), *([before] if before else [])]
    found = history.page_of(tx, family_of(tx, player_id), min(bounds, default=None), limit + 1)
    return page(found, limit, lambda entry: [entry.history_id])


def list_reveals(tx: Connection, player_id: UUID, cursor: str | None, limit: int) -> tuple[list[Row[Any]], str | None]:
    before = decode_cursor(cursor, [datetime.fromisoformat, UUID])
    found = history.reveals_page(tx, family_of(tx, player_id), before, limit + 1)
    return page(found, limit, lambda row: [row.revealed_at, row.reveal_id])
