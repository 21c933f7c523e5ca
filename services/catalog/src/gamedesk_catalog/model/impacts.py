"""What new item prices do to the packs that contain them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import Breach, Pack, PackState

# An expired pack may be given a new end for a while without an edit of its prices.
_FOLLOWING_AFTER_EXPIRY = timedelta(days=7)

ImpactCause = Literal["pull", "push", "override", "confirm"]


@dataclass(frozen=True)
class PackImpact:
    """One pack before and after; `breaks` is what of its discount rule is broken, of a pack that is in review after."""

    pack_id: UUID
    code: str
    name: str
    created_by: str
    old_list_price_fen: int
    new_list_price_fen: int
    old_price_fen: int
    new_price_fen: int
    old_state: PackState
    new_state: PackState
    breaks: Breach | None

    @property
    def changed(self) -> bool:
        before = (self.old_list_price_fen, self.old_price_fen, self.old_state)
        return before != (self.new_list_price_fen, self.new_price_fen, self.new_state)

    @property
    def to_review(self) -> bool:
        return self.new_state == "review" != self.old_state


@dataclass(frozen=True)
class PriceImpact:
    """What one change of prices did. `cause_id` is that of its price changes (`model.items.PriceChange`)."""

    impact_id: UUID
    game_id: str
    cause: ImpactCause
    cause_id: str | None
    actor: str | None
    items_changed: int
    packs_changed: int
    packs_to_review: int
    at: datetime


@dataclass(frozen=True)
class ImpactSummary:
    """What would come of new prices, in numbers."""

    items_changed: int
    items_unchanged: int
    items_held: int
    items_unknown: int
    packs_changed: int
    packs_to_review: int


def following_after(moment: datetime) -> datetime:
    """Packs that ended before this time do not follow any more."""
    return moment - _FOLLOWING_AFTER_EXPIRY


def matter_to_packs(before: Item, after: Item) -> bool:
    """Whether packs show something else of the item now, or are judged by something else."""

    def seen(item: Item) -> tuple[int, int, str]:
        return item.price_fen, item.game_price_fen, item.name

    return seen(before) != seen(after)


def at_prices(pack: Pack, prices: Mapping[UUID, tuple[int, int]]) -> Pack:
    """`pack` with contents at other (unit price, game price) by item id; its own price is not changed."""
    contents = [
        replace(line, unit_price_fen=prices[line.item_id][0], game_price_fen=prices[line.item_id][1])
        if line.item_id in prices
        else line
        for line in pack.contents
    ]
    return replace(pack, contents=tuple(contents))


def to_review(impacts: Sequence[PackImpact]) -> int:
    return sum(impact.to_review for impact in impacts)


def impact_of(before: Pack, after: Pack) -> PackImpact:
    return PackImpact(
        pack_id=before.pack_id,
        code=before.code,
        name=before.name,
        created_by=before.created_by,
        old_list_price_fen=before.list_price_fen,
        new_list_price_fen=after.list_price_fen,
        old_price_fen=before.price_fen,
        new_price_fen=after.price_fen,
        old_state=before.state,
        new_state=after.state,
        breaks=after.review_reason if after.state == "review" else None,
    )
