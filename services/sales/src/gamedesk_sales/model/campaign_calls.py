"""Whom to call for a campaign, and how far that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from gamedesk_sales.model.touches import Outcome, Touch

# `open`: nobody has an answer of his for it; `no_reply`: somebody has tried. `blocked`: he asked not to be contacted.
CallState = Literal["open", "no_reply", "thinking", "lost", "won", "blocked"]
DrawState = Literal["running", "done", "stopped"]

# In this order they are called.
TIERS = ("whale", "big", "medium", "small", "none")


@dataclass(frozen=True)
class Segment:
    """Whom a campaign is for, as the catalog says it: all of it holds together; None and empty do not matter.

    Purchases count within `bought_within_days`, or ever; the days alone mean one order at least. `game_ids` are the
    games of the campaign itself: they matter where the segment names no `game_id`.
    """

    tiers: tuple[str, ...] = ()
    game_id: str | None = None
    server: str | None = None
    not_contacted_days: int | None = None
    bought_within_days: int | None = None
    bought_min_orders: int | None = None
    spent_min_fen: int | None = None
    never_bought: bool = False
    game_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: dict[str, Any], game_ids: Sequence[str] | None = None) -> Segment:
        """Of an event or a request, whose `game_ids` are said beside it, or of what `plain` made; what a newer catalog
        says beyond it is left out."""
        known = {field.name: said[field.name] for field in fields(cls) if field.name in said}
        games = known.get("game_ids", ()) if game_ids is None else sorted(game_ids)
        return cls(**{**known, "tiers": tuple(known.get("tiers", ())), "game_ids": tuple(games)})

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "tiers": list(self.tiers), "game_ids": list(self.game_ids)}

    @property
    def orders_needed(self) -> int | None:
        if self.bought_min_orders is not None:
            return self.bought_min_orders
        return 1 if self.bought_within_days is not None and self.spent_min_fen is None else None

    @property
    def contradiction(self) -> str | None:
        """The field that cannot be together with others of it."""
        if self.server is not None and self.game_id is None:
            return "server"
        bought = (self.bought_within_days, self.bought_min_orders, self.spent_min_fen)
        return "never_bought" if self.never_bought and any(value is not None for value in bought) else None


@dataclass(frozen=True)
class Campaign:
    """A copy. `team`: whose players it is for; None: all teams'."""

    campaign_id: UUID
    name: str
    state: str
    team: str | None
    starts_on: date
    ends_on: date
    segment: Segment


@dataclass(frozen=True)
class Candidate:
    """Somebody of a segment. Who is `minor` or `blocked` is not put on a list."""

    player_id: UUID
    owner_agent_id: str
    tier: str
    minor: bool
    blocked: bool


@dataclass(frozen=True)
class Audience:
    """How many a segment has. `looked_at` players were looked at; `complete`: these are all."""

    by_tier: dict[str, int]
    minors: int
    blocked: int
    looked_at: int
    complete: bool


@dataclass(frozen=True)
class Draw:
    """Filling a call list. `looked_at` of `players` were looked at in this round; it added `added`, and left those out
    who are minors or asked not to be contacted. `after`: the player it has come to."""

    campaign_id: UUID
    segment: Segment
    team: str | None
    state: DrawState
    round: int
    after: UUID | None
    players: int
    looked_at: int
    added: int
    minors: int
    blocked: int
    started_by: str | None
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Call:
    """Somebody on a campaign's list. `drawn_at` is None for who was spoken with without having been drawn. `tier_then`
    is that of when he came on the list. `touches` counts those for the campaign, `last_touch` is whichever was last."""

    campaign_id: UUID
    player_id: UUID
    row_player_id: UUID
    owner_agent_id: str
    tier: str
    tier_then: str
    rank: int
    state: CallState
    drawn_at: datetime | None
    touches: int
    updated_at: datetime
    last_touch: Touch | None = None


@dataclass(frozen=True)
class WantedCalls:
    """Whose calls for a campaign: of the players whom `agent_id`, or somebody of `team`, owns now."""

    campaign_id: UUID
    agent_id: str | None = None
    team: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class CallTouch:
    """A contact for a campaign that counts. `sold`: it was recorded with an order that stands; `fell_through`: with one
    whose transfer never came."""

    outcome: Outcome
    sold: bool = False
    fell_through: bool = False


@dataclass(frozen=True)
class Figures:
    """How far a list is. `reached` are those who answered; money is that of orders for the campaign, less refunds, in
    fen; `unverified_fen` is the part of it that nobody has confirmed."""

    listed: int = 0
    drawn: int = 0
    open: int = 0
    no_reply: int = 0
    thinking: int = 0
    lost: int = 0
    won: int = 0
    blocked: int = 0
    orders: int = 0
    revenue_fen: int = 0
    unverified_fen: int = 0

    @property
    def reached(self) -> int:
        return self.thinking + self.lost + self.won + self.blocked

    def plus(self, other: Figures) -> Figures:
        return Figures(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


def rank_of(tier: str) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def state_of(touches: Sequence[CallTouch], blocked: bool) -> CallState:
    """Where somebody stands by the contacts for a campaign, the last first: who bought has won; else a wish not to be
    contacted holds as long as it is in force; else the last answer, which may be a `won` without an order. A wish that
    was lifted and a sale that fell through are no answers."""
    if any(touch.sold for touch in touches):
        return "won"
    if blocked:
        return "blocked"
    for touch in touches:
        if touch.outcome != "do_not_contact" and not touch.fell_through:
            return touch.outcome
    return "open"
