"""Who may give what discount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import Breach, Content, Pack
from gamedesk_catalog.model.prices import Rounding, pack_price

MOST_RULES = 200

RuleRole = Literal["agent", "lead", "admin"]
ROLES: tuple[RuleRole, ...] = get_args(RuleRole)
APPROVERS: tuple[RuleRole, ...] = ("lead", "admin")

# Which rule goes first is said by what it names: the campaign, then the game, then dates.
Scope = tuple[str, str | None, UUID | None]


@dataclass(frozen=True)
class NewDiscountRule:
    """The largest discount and the lowest price that a role may give, and how its prices are rounded.

    `game_id` None: in all games; `campaign_id` None: in and outside of all campaigns. `starts_on` and `ends_on` are
    days of Shanghai, both included; None: without a beginning, without an end.
    """

    role: RuleRole
    game_id: str | None
    max_discount_bp: int
    lowest_price_fen: int
    campaign_id: UUID | None = None
    rounding: Rounding = "fen"
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def scope(self) -> Scope:
        return self.role, self.game_id, self.campaign_id

    @property
    def dated(self) -> bool:
        return self.starts_on is not None or self.ends_on is not None

    def in_force(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def clashes(self, other: NewDiscountRule) -> bool:
        """Whether both would say something for the same case on the same day, and neither goes first."""
        if self.scope != other.scope or self.dated != other.dated:
            return False
        mine = (self.starts_on or date.min, self.ends_on or date.max)
        its = (other.starts_on or date.min, other.ends_on or date.max)
        return mine[0] <= its[1] and its[0] <= mine[1]

    def price(self, contents: Iterable[Content], discount_bp: int) -> tuple[int, int]:
        """(list price, price) of contents, rounded as the rule says."""
        return pack_price(((line.unit_price_fen, line.quantity) for line in contents), discount_bp, self.rounding)

    def least(self, contents: Iterable[Content]) -> int:
        """What the largest discount leaves of the game's own prices, so that overrides do not lead round the rule."""
        lines = ((line.game_price_fen, line.quantity) for line in contents)
        return pack_price(lines, self.max_discount_bp, self.rounding)[1]

    def floor(self, contents: Iterable[Content]) -> int:
        """The lowest price that `contents` may be sold at."""
        return max(self.lowest_price_fen, self.least(contents))

    def breach(self, contents: Sequence[Content], discount_bp: int) -> Breach | None:
        """What of the rule is broken by selling `contents` at this discount, judged by the rounded price."""
        price = self.price(contents, discount_bp)[1]
        if discount_bp > self.max_discount_bp or price < self.least(contents):
            return "discount"
        return "lowest_price" if price < self.lowest_price_fen else None


@dataclass(frozen=True, kw_only=True)
class DiscountRule(NewDiscountRule):
    """A rule that is kept. `created_by` None: it came with the product. A rule ends with its campaign at the latest."""

    rule_id: UUID
    version: int
    created_by: str | None
    updated_by: str | None
    created_at: datetime
    updated_at: datetime
    campaign_ended: bool = False

    def in_force(self, day: date) -> bool:
        return not self.campaign_ended and super().in_force(day)


@dataclass(frozen=True)
class RuleChange:
    """Who changed what of the rules: `before` None for one that was made, `after` None for one that was deleted."""

    change_id: UUID
    rule_id: UUID
    before: dict[str, object] | None
    after: dict[str, object] | None
    changed_by: str
    changed_at: datetime


class DiscountRules:
    """The rules in force on a day. The most specific goes first: of the campaign and the game, of the campaign, of the
    game, the general one; of two for the same, the one with dates. A role without a rule may nothing."""

    def __init__(self, rules: Iterable[NewDiscountRule], day: date) -> None:
        in_force = [rule for rule in rules if rule.in_force(day)]
        self._rules = {rule.scope: rule for rule in sorted(in_force, key=lambda rule: rule.dated)}

    def of(self, role: str, game_id: str, campaign_id: UUID | None = None) -> NewDiscountRule | None:
        scopes = [(role, game_id, campaign_id), (role, None, campaign_id), (role, game_id, None), (role, None, None)]
        return next((self._rules[scope] for scope in scopes if scope in self._rules), None)

    def approvable(self, game_id: str, campaign_id: UUID | None, discount_bp: int, contents: Sequence[Content]) -> bool:
        """Whether anyone who approves may allow it."""
        rules = (self.of(role, game_id, campaign_id) for role in APPROVERS)
        return any(rule is not None and rule.breach(contents, discount_bp) is None for rule in rules)

    def allow_override(self, role: str, item: Item, price_fen: int) -> bool:
        """Whether `role` may sell `item` alone at `price_fen`, by the discount that this is from the game's price."""
        if price_fen >= item.game_price_fen:
            return True
        rule = self.of(role, item.game_id)
        return rule is not None and price_fen >= pack_price([(item.game_price_fen, 1)], rule.max_discount_bp)[1]

    def follow(self, pack: Pack, moment: datetime) -> Pack:
        """`pack` at the prices of its contents, judged by the rule that carries it: for pushes, for previews of them,
        and for rules that begin, change or end.

        An active pack whose price breaks its rule goes to review; out of review only a person brings it.
        """
        rule = self.of(pack.allowed_as, pack.game_id, pack.campaign_id) if pack.allowed_as else None
        if rule is None:
            lines = ((line.unit_price_fen, line.quantity) for line in pack.contents)
            list_price, price = pack_price(lines, pack.discount_bp, pack.rounding)
            followed = replace(pack, list_price_fen=list_price, price_fen=price, floor_fen=None)
            breach: Breach | None = "discount"
        else:
            list_price, price = rule.price(pack.contents, pack.discount_bp)
            floor = rule.floor(pack.contents)
            breach = rule.breach(pack.contents, pack.discount_bp)
            followed = replace(
                pack, list_price_fen=list_price, price_fen=price, floor_fen=floor, rounding=rule.rounding
            )
        if breach is None or pack.state not in ("active", "review"):
            return followed
        since = pack.state_since if pack.state == "review" else moment
        return replace(followed, state="review", review_reason=breach, state_since=since)


def covers(rules: Sequence[NewDiscountRule], role: RuleRole, rule: NewDiscountRule, today: date) -> bool:
    """Whether `rule` allows nothing beyond what `role` itself may, in each game and campaign, on each day of its life
    from today on."""
    ours = [other for other in rules if other.role == role]
    return all(
        _within(rule, in_force.of(role, game_id, campaign_id))
        for in_force in (DiscountRules(ours, day) for day in _days(rule, ours, today))
        for game_id, campaign_id in _cases(rule, ours)
    )


def leaves_within(
    role: RuleRole,
    rule: NewDiscountRule,
    before: Sequence[NewDiscountRule],
    after: Sequence[NewDiscountRule],
    today: date,
) -> bool:
    """Whether, where `rule` held of the rules `before`, what holds of those `after` allows nothing beyond what it did,
    or nothing beyond what `role` itself may. Where none holds nothing is allowed."""
    known = [*before, *after]
    for day in _days(rule, known, today):
        held, holds = DiscountRules(before, day), DiscountRules(after, day)
        for game_id, campaign_id in _cases(rule, known):
            if held.of(rule.role, game_id, campaign_id) == rule:
                instead = holds.of(rule.role, game_id, campaign_id)
                limits = rule, holds.of(role, game_id, campaign_id)
                if instead is not None and not any(_within(instead, limit) for limit in limits):
                    return False
    return True


def _within(rule: NewDiscountRule, own: NewDiscountRule | None) -> bool:
    if own is None:
        return False
    return rule.max_discount_bp <= own.max_discount_bp and rule.lowest_price_fen >= own.lowest_price_fen


def _days(rule: NewDiscountRule, others: Iterable[NewDiscountRule], today: date) -> set[date]:
    """The days from today on in the life of `rule` on which other rules may hold than on the day before."""
    begin, end = max(today, rule.starts_on or today), rule.ends_on or date.max
    borders = {border for other in others for border in (other.starts_on, _next(other.ends_on)) if border is not None}
    return {begin} | {day for day in borders if begin <= day <= end}


def _cases(rule: NewDiscountRule, others: Iterable[NewDiscountRule]) -> list[tuple[str, UUID | None]]:
    """Each (game, campaign) that `rule` is for and that rules tell apart; an empty game stands for all the rest."""
    others = list(others)
    games = {rule.game_id} if rule.game_id else {other.game_id or "" for other in others} | {""}
    campaigns = {rule.campaign_id} if rule.campaign_id else {other.campaign_id for other in others} | {None}
    return [(game_id, campaign_id) for game_id in games for campaign_id in campaigns]


def _next(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)
