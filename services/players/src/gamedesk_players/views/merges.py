"""Merges; what the survivor took over is nobody's to read."""

from __future__ import annotations

from typing import Any

from gamedesk_players.model.merges import Merge


def merge_view(merge: Merge) -> dict[str, Any]:
    return {
        "merge_id": merge.merge_id,
        "survivor_id": merge.survivor_id,
        "loser_id": merge.loser_id,
        "merged_by": merge.merged_by,
        "merged_at": merge.merged_at,
        "undone_by": merge.undone_by,
        "undone_at": merge.undone_at,
    }
