"""The timeline of a player: entries of all his tickets."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gamedesk_tickets.model.tickets import Entry


@dataclass(frozen=True)
class PlayerEntry:
    """An entry with what it needs to be understood apart from its ticket."""

    entry: Entry
    player_id: UUID
    number: str
    title: str | None
