"""Items, with the game's price and the agents' own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ChangeSource = Literal["pull", "push", "override", "confirm", "discard"]
Waiting = Literal["held", "scheduled"]
ItemSort = Literal["code", "recent"]
DecisionFate = Literal["applied", "discarded", "stale", "no_price_held", "unknown_item"]


@dataclass(frozen=True)
class PendingPrice:
    """A price that waits: for its time, or for a lead. `cause_id` names the push or pull that brought it."""

    price_fen: int
    source_version: int
    effective_at: datetime
    received_at: datetime
    cause_id: str | None = None


@dataclass(frozen=True)
class Item:
    """The game's price and the agents' override are kept apart; `price_fen` is the one that counts.

    `source_version` is the highest version of the game's price that was applied, or refused by a lead.
    """

    item_id: UUID
    game_id: str
    code: str
    name: str
    game_price_fen: int
    override_price_fen: int | None
    currency: str
    source_version: int
    version: int
    created_at: datetime
    updated_at: datetime
    scheduled: PendingPrice | None = None
    held: PendingPrice | None = None

    @property
    def price_fen(self) -> int:
        return self.game_price_fen if self.override_price_fen is None else self.override_price_fen

    @property
    def differs(self) -> bool:
        """Whether an override hides another price of the game."""
        return self.override_price_fen is not None and self.override_price_fen != self.game_price_fen


@dataclass(frozen=True)
class Wanted:
    """What a list of items shows; None: no matter. `text` is the beginning of a code or a part of a name."""

    game_id: str | None = None
    text: str | None = None
    differs: bool | None = None
    overridden: bool | None = None
    pending: Waiting | None = None
    sort: ItemSort = "code"


@dataclass(frozen=True)
class PriceChange:
    """What happened to an item's prices. `old_game_price_fen` is None for an item that is new.

    `cause_id` is the push's event id, the pull's id, the decision's, or of an override an id that names nothing else.
    """

    change_id: UUID
    item_id: UUID
    source: ChangeSource
    old_game_price_fen: int | None
    new_game_price_fen: int
    old_override_price_fen: int | None
    new_override_price_fen: int | None
    source_version: int
    reason: str | None
    actor: str | None
    at: datetime
    cause_id: str | None = None


@dataclass(frozen=True)
class Decision:
    """What a lead decided on held prices. `results`: (item id, fate) in the order asked."""

    decision_id: UUID
    decision: Literal["apply", "discard"]
    reason: str | None
    decided_by: str
    decided_at: datetime
    results: tuple[tuple[UUID, DecisionFate], ...]
