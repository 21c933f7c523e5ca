"""The timeline of a player (R26, B10)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_tickets.model.player_entries import PlayerEntry
from gamedesk_tickets.repository import copies, player_entries


def list_player_entries(tx: Connection, player_id: UUID, before: UUID | None, limit: int) -> list[PlayerEntry]:
    """Entries of all tickets of a player and of those merged with him, the last recorded first."""
    return player_entries.latest(tx, copies.same_person(tx, [player_id]), before, limit)
