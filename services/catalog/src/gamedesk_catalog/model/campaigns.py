"""Campaigns (促销活动): which packs are offered to whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

CampaignState = Literal["draft", "running", "ended"]
Tier = Literal["none", "small", "medium", "big", "whale"]
TIERS: tuple[Tier, ...] = get_args(Tier)

# What of a campaign that runs may still be changed; a draft changes in everything.
CHANGES_WHILE_RUNNING = frozenset({"name", "theme", "note", "ends_on", "pack_ids", "segment"})


@dataclass(frozen=True)
class Segment:
    """Whom a campaign is for. All of it holds together; what is None or empty does not matter.

    `server` is one of `game_id`. `bought_min_orders` and `spent_min_fen` count within `bought_within_days`, or ever;
    the days alone mean one order at least. Minors are never of a segment.
    """

    tiers: tuple[Tier, ...] = ()
    game_id: str | None = None
    server: str | None = None
    not_contacted_days: int | None = None
    bought_within_days: int | None = None
    bought_min_orders: int | None = None
    spent_min_fen: int | None = None
    never_bought: bool = False

    @property
    def contradiction(self) -> str | None:
        """The field that cannot be together with others of it."""
        if self.server is not None and self.game_id is None:
            return "server"
        bought = (self.bought_within_days, self.bought_min_orders, self.spent_min_fen)
        return "never_bought" if self.never_bought and any(value is not None for value in bought) else None


@dataclass(frozen=True)
class NewCampaign:
    """What a lead states. `starts_on` and `ends_on` are days of Shanghai, both included. `pack_ids` are packs that
    were not made for it by their own `campaign_id`."""

    name: str
    theme: str
    starts_on: date
    ends_on: date
    game_ids: tuple[str, ...]
    pack_ids: tuple[UUID, ...] = ()
    segment: Segment = field(default_factory=Segment)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Campaign(NewCampaign):
    """`team`: whose players it is for; None: all teams'. `ended_by` is None if its last day was over."""

    campaign_id: UUID
    state: CampaignState
    team: str | None
    created_by: str
    version: int
    created_at: datetime
    updated_at: datetime
    launched_by: str | None = None
    launched_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    def is_open_in(self, game_id: str | None) -> bool:
        """Whether something of this game (None: of whichever) may be of it."""
        return self.state != "ended" and game_id in (None, *self.game_ids)


def first_twice(values: Sequence[object]) -> int | None:
    """Where a value stands that stood before."""
    seen: set[object] = set()
    for number, value in enumerate(values):
        if value in seen:
            return number
        seen.add(value)
    return None
