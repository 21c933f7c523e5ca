"""The history of players."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, insert

from gamedesk_players.model.history import HistoryKind
from gamedesk_players.tables import player_history


def record(
    tx: Connection,
    player_id: UUID,
    kind: HistoryKind,
    details: Mapping[str, Any],
    *,
    agent_id: str | None = None,
    profile_id: UUID | None = None,
    happened_at: datetime | None = None,
) -> None:
    """Append an entry; `details` is plain JSON, `agent_id` who did it (None: a game reported it)."""
    tx.execute(
        insert(player_history).values(
            history_id=new_id(),
            player_id=player_id,
            profile_id=profile_id,
            kind=kind,
            details=dict(details),
            agent_id=agent_id,
            happened_at=happened_at or now(),
        )
    )
