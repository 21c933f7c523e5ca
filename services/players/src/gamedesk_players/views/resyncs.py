"""Resyncs as callers see them."""

from __future__ import annotations

from typing import Any

from gamedesk_players.model.resyncs import Resync


def resync(shown: Resync) -> dict[str, Any]:
    return {
        "resync_id": shown.resync_id,
        "game_ids": list(shown.game_ids),
        "state": shown.state,
        "total": shown.total,
        "remaining": shown.remaining,
        "requested_by": shown.requested_by,
        "created_at": shown.created_at,
        "finished_at": shown.finished_at,
    }
