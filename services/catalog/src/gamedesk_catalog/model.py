"""The domain: items with the game's price and the agents' own, packs made of them, and who may give what discount."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

PackState = Literal["draft", "pending_approval", "active", "review", "retired"]
PullState = Literal["queued", "running", "done", "failed"]
ChangeSource = Literal["pull", "push", "override", "confirm", "discard"]

CURRENCY = "CNY"
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 5
HIGHEST_LIST_PRICE_FEN = 10_000_000_000
_WHOLE_BP = 10_000


@dataclass(frozen=True)
class PendingPrice:
    """A price that waits: for its time, or for a lead."""

    price_fen: int
    source_version: int
    effective_at: datetime
    received_at: datetime


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
class PriceChange:
    """What happened to an item's prices. `old_game_price_fen` is None for an item that is new."""

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


@dataclass(frozen=True)
class Pull:
    """One reading of a game's whole price list."""

    pull_id: UUID
    game_id: str
    state: PullState
    pages: int
    items_seen: int
    items_changed: int
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Content:
    """So many of one item in a pack, at the unit price that the pack's price was made of.

    `game_price_fen` is what the game asks for the item now.
    """

    item_id: UUID
    game_id: str
    code: str
    name: str
    quantity: int
    unit_price_fen: int
    game_price_fen: int


@dataclass(frozen=True)
class Pack:
    """`revision` counts edits, `version` every change. `allowed_as` is the role whose rule carries the discount."""

    pack_id: UUID
    code: str
    name: str
    game_id: str
    state: PackState
    discount_bp: int
    list_price_fen: int
    price_fen: int
    currency: str
    allowed_as: str | None
    revision: int
    version: int
    valid_until: datetime | None
    created_by: str
    revised_by: str
    approved_by: str | None
    created_at: datetime
    updated_at: datetime
    contents: tuple[Content, ...] = ()


@dataclass(frozen=True)
class NewPack:
    """What an agent states of a pack. `contents`: (item id, quantity), in the order they are shown in."""

    name: str
    discount_bp: int
    contents: tuple[tuple[UUID, int], ...]
    valid_until: datetime | None = None


@dataclass(frozen=True)
class DiscountRule:
    """The largest discount and the lowest price that a role may give; `game_id` None: in all other games."""

    rule_id: UUID
    role: str
    game_id: str | None
    max_discount_bp: int
    lowest_price_fen: int


class DiscountRules:
    """All rules together. A game's own rule goes before the general one; a role without a rule may nothing."""

    def __init__(self, rules: Sequence[DiscountRule]) -> None:
        self._rules = {(rule.role, rule.game_id): rule for rule in rules}

    def of(self, role: str, game_id: str) -> DiscountRule | None:
        return self._rules.get((role, game_id)) or self._rules.get((role, None))

    def allow(self, role: str, game_id: str, discount_bp: int, price_fen: int, contents: Iterable[Content]) -> bool:
        """Whether `role` may sell `contents` at this discount and (rounded) price.

        The discount counts from the game's own prices too, so that overrides do not lead round the rule.
        """
        rule = self.of(role, game_id)
        if rule is None or discount_bp > rule.max_discount_bp:
            return False
        at_game_prices = ((line.game_price_fen, line.quantity) for line in contents)
        return price_fen >= max(rule.lowest_price_fen, pack_price(at_game_prices, rule.max_discount_bp)[1])

    def approvable(self, game_id: str, discount_bp: int, price_fen: int, contents: Sequence[Content]) -> bool:
        """Whether anyone who approves may allow it."""
        return any(self.allow(role, game_id, discount_bp, price_fen, contents) for role in ("lead", "admin"))

    def allow_override(self, role: str, item: Item, price_fen: int) -> bool:
        """Whether `role` may sell `item` alone at `price_fen`, by the discount that this is from the game's price."""
        if price_fen >= item.game_price_fen:
            return True
        rule = self.of(role, item.game_id)
        return rule is not None and price_fen >= pack_price([(item.game_price_fen, 1)], rule.max_discount_bp)[1]


def pack_price(lines: Iterable[tuple[int, int]], discount_bp: int) -> tuple[int, int]:
    """(list price, price) in fen of lines (unit price in fen, quantity): the sum, and the sum less the discount,
    rounded once, half up, to the fen (R23)."""
    total = sum(unit * quantity for unit, quantity in lines)
    return total, (total * (_WHOLE_BP - discount_bp) + _WHOLE_BP // 2) // _WHOLE_BP


def new_code() -> str:
    """A pack code: short, easy to type, without look-alikes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
