"""Who may give what discount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import Content
from gamedesk_catalog.model.prices import pack_price

Breach = Literal["discount", "lowest_price"]


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
        """Whether `role` may sell `contents` at this discount and (rounded) price."""
        return self.breach(role, game_id, discount_bp, price_fen, contents) is None

    def breach(
        self, role: str, game_id: str, discount_bp: int, price_fen: int, contents: Iterable[Content]
    ) -> Breach | None:
        """What of the rule of `role` such a sale breaks.

        The discount counts from the game's own prices too, so that overrides do not lead round the rule.
        """
        rule = self.of(role, game_id)
        if rule is None or discount_bp > rule.max_discount_bp:
            return "discount"
        at_game_prices = ((line.game_price_fen, line.quantity) for line in contents)
        if price_fen < pack_price(at_game_prices, rule.max_discount_bp)[1]:
            return "discount"
        return "lowest_price" if price_fen < rule.lowest_price_fen else None

    def approvable(self, game_id: str, discount_bp: int, price_fen: int, contents: Sequence[Content]) -> bool:
        """Whether anyone who approves may allow it."""
        return any(self.allow(role, game_id, discount_bp, price_fen, contents) for role in ("lead", "admin"))

    def allow_override(self, role: str, item: Item, price_fen: int) -> bool:
        """Whether `role` may sell `item` alone at `price_fen`, by the discount that this is from the game's price."""
        if price_fen >= item.game_price_fen:
            return True
        rule = self.of(role, item.game_id)
        return rule is not None and price_fen >= pack_price([(item.game_price_fen, 1)], rule.max_discount_bp)[1]
