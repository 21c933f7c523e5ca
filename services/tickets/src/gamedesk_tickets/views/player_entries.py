"""Entries of a player's timeline."""

from __future__ import annotations

from typing import Any

from gamedesk_tickets.model.player_entries import PlayerEntry
from gamedesk_tickets.views.entries import entry_view


def player_entry_view(found: PlayerEntry) -> dict[str, Any]:
    return {
        **entry_view(found.entry),
        "player_id": found.player_id,
        "ticket_id": found.entry.ticket_id,
        "number": found.number,
        "title": found.title,
    }
