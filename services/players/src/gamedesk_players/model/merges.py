"""Merging two records of one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from gamedesk_players.model.players import MinorBand, Player

Choice = Literal["survivor", "loser", "both"]

# A player's page stays readable, and one lock covers all of it.
MOST_MERGED = 20
MOST_TAGS = 20
LONGEST_NOTE = 4000
# What a merge may take over, and so what undoing it puts back.
KEPT_FIELDS = ("wechat_id", "wechat_name", "tier", "minor_band", "note", "tags", "owner_agent_id")
_STRICTEST_FIRST: tuple[MinorBand, ...] = ("under_8", "8_15", "16_17", "none")


@dataclass(frozen=True)
class Merge:
    """`fields`: what the survivor took over, name → (before, after); `moved`: who had been merged into the loser."""

    merge_id: UUID
    survivor_id: UUID
    loser_id: UUID
    owner_before: str
    moved: tuple[UUID, ...]
    fields: dict[str, tuple[Any, Any]]
    merged_by: str
    merged_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


def survivor_with(survivor: Player, loser: Player, keep: dict[str, Choice]) -> Player:
    """The survivor with the fields chosen by `keep`, each his own unless it says otherwise; of two minor bands, the
    stricter one."""
    chosen: dict[str, Any] = {}
    for field in KEPT_FIELDS:
        choice = keep.get("owner" if field == "owner_agent_id" else field)
        if choice == "both":
            chosen[field] = _both(getattr(survivor, field), getattr(loser, field))
        elif choice == "loser":
            chosen[field] = getattr(loser, field)
        elif field == "minor_band" and choice is None:
            chosen[field] = min(survivor.minor_band, loser.minor_band, key=_STRICTEST_FIRST.index)
    return replace(survivor, **chosen)


def taken_over(before: Player, after: Player) -> dict[str, tuple[Any, Any]]:
    """The kept fields in which the two differ."""
    values = {field: (getattr(before, field), getattr(after, field)) for field in KEPT_FIELDS}
    return {field: pair for field, pair in values.items() if pair[0] != pair[1]}


def put_back(survivor: Player, fields: dict[str, tuple[Any, Any]]) -> Player:
    """The survivor as he was before, except in fields that somebody changed since."""
    unchanged = {field: before for field, (before, after) in fields.items() if getattr(survivor, field) == after}
    return replace(survivor, **unchanged)


def _both(survivors: Any, losers: Any) -> Any:
    """Two notes below each other, or the tags of both."""
    if isinstance(survivors, str):
        return "\n\n".join(dict.fromkeys(text for text in (survivors, losers) if text))
    return tuple(dict.fromkeys([*survivors, *losers]))
