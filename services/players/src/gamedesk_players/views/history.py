"""What happened to a player."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from gamedesk_players.model.history import HistoryEntry


def entry_view(entry: HistoryEntry) -> dict[str, Any]:
    return asdict(entry)


def reveal_view(row: Row[Any]) -> dict[str, Any]:
    return {
        "reveal_id": row.reveal_id,
        "player_id": row.player_id,
        "agent_id": row.agent_id,
        "reason": row.reason,
        "revealed_at": row.revealed_at,
    }
