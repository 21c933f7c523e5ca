"""What becomes of a price that a game states: the one place that decides, for pushes, pulls and due prices alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from gamedesk_catalog.model.items import Item, PendingPrice

Fate = Literal["applied", "unchanged", "stale", "unknown_item", "scheduled", "held"]


@dataclass(frozen=True)
class Quote:
    """A price as the game states it; `version` grows with every price of the item. `name` comes with pulls only."""

    code: str
    price_fen: int
    version: int
    effective_at: datetime
    name: str | None = None


@dataclass(frozen=True)
class HoldFactors:
    """By what factor a price may rise or fall before it waits for a lead; a game may have its own."""

    general: int
    by_game: Mapping[str, int] = field(default_factory=dict)

    def of(self, game_id: str) -> int:
        return self.by_game.get(game_id, self.general)


def decide(
    item: Item, quote: Quote, moment: datetime, hold_factor: int, cause_id: str | None = None
) -> tuple[Fate, Item]:
    """The fate of `quote` at `moment`, and the item after it (its own `version` is the caller's to count).

    `cause_id` names the push or pull that brings it, and stays with a price that waits.

    The highest version in force wins, whatever order quotes come in; a higher version cancels what waits.
    """
    if quote.version <= item.source_version:
        same = quote.version == item.source_version and quote.price_fen == item.game_price_fen
        return ("unchanged" if same else "stale"), item
    if quote.effective_at > moment:
        return _schedule(item, quote, _pending(quote, moment, cause_id))
    if item.held and quote.version <= item.held.source_version:
        return _compare(item.held, quote), item
    item = replace(item, held=None, scheduled=_if_newer(item.scheduled, quote.version))
    if is_extreme(item.game_price_fen, quote.price_fen, hold_factor):
        return "held", replace(item, held=_pending(quote, moment, cause_id))
    return "applied", replace(item, game_price_fen=quote.price_fen, source_version=quote.version)


def is_extreme(old_fen: int, new_fen: int, factor: int) -> bool:
    """Whether a price rises or falls by more than `factor`; any price is, to an item that was free."""
    return new_fen > old_fen * factor or new_fen * factor < old_fen


def confirm_held(item: Item) -> Item:
    """The held price comes into force."""
    assert item.held
    version = item.held.source_version
    return replace(
        item,
        game_price_fen=item.held.price_fen,
        source_version=version,
        held=None,
        scheduled=_if_newer(item.scheduled, version),
    )


def discard_held(item: Item) -> Item:
    """The held price is refused; its version counts as known, so that the next pull does not bring it back."""
    assert item.held
    return replace(item, source_version=item.held.source_version, held=None)


def _schedule(item: Item, quote: Quote, pending: PendingPrice) -> tuple[Fate, Item]:
    known = max((p for p in (item.held, item.scheduled) if p), key=lambda p: p.source_version, default=None)
    if known and quote.version <= known.source_version:
        return _compare(known, quote), item
    return "scheduled", replace(item, scheduled=pending)


def _compare(known: PendingPrice, quote: Quote) -> Fate:
    same = (quote.version, quote.price_fen) == (known.source_version, known.price_fen)
    return "unchanged" if same else "stale"


def _if_newer(pending: PendingPrice | None, version: int) -> PendingPrice | None:
    return pending if pending and pending.source_version > version else None


def _pending(quote: Quote, moment: datetime, cause_id: str | None) -> PendingPrice:
    return PendingPrice(quote.price_fen, quote.version, quote.effective_at, moment, cause_id)
