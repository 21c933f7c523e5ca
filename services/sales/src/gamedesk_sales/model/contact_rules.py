"""How often players are contacted, and what speaks against a pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

# From the highest on.
TIERS = ("whale", "big", "medium", "small")


@dataclass(frozen=True)
class TierThreshold:
    """Who has spent one of the two amounts is of this tier."""

    tier: str
    spent_90_days_fen: int
    spent_365_days_fen: int


@dataclass(frozen=True)
class NewContactRules:
    """At most `max_touches` contacts with a person in `per_days` business days; open tickets of
    `warning_categories` warn before a pitch."""

    max_touches: int
    per_days: int
    warning_categories: tuple[str, ...]
    tier_thresholds: tuple[TierThreshold, ...]


@dataclass(frozen=True)
class ContactRules(NewContactRules):
    version: int
    updated_by: str | None
    updated_at: datetime


@dataclass(frozen=True)
class Frequency:
    """`count` contacts in the `per_days` days that end today; `next_free_on` is the day of the next contact that
    keeps to the rule, None if that is today."""

    count: int
    max_touches: int
    per_days: int
    next_free_on: date | None

    @property
    def is_full(self) -> bool:
        return self.count >= self.max_touches

    @property
    def is_exceeded(self) -> bool:
        return self.count > self.max_touches


def window_begins(rules: ContactRules, today: date) -> date:
    """The first of the days that count."""
    return today - timedelta(days=rules.per_days - 1)


def frequency(rules: ContactRules, contacted_on: Sequence[date], today: date) -> Frequency:
    """`contacted_on`: the business day of every contact; those before the window do not matter."""
    begins = window_begins(rules, today)
    days = sorted((day for day in contacted_on if day >= begins), reverse=True)
    free = None
    if len(days) >= rules.max_touches:
        free = days[rules.max_touches - 1] + timedelta(days=rules.per_days)
    return Frequency(len(days), rules.max_touches, rules.per_days, free)


def in_order(thresholds: Sequence[TierThreshold]) -> tuple[TierThreshold, ...] | None:
    """From the highest tier on; None if a tier is there twice, or is had for less than a lower one."""
    found = sorted(thresholds, key=lambda threshold: TIERS.index(threshold.tier))
    for higher, lower in pairwise(found):
        if higher.tier == lower.tier or higher.spent_90_days_fen < lower.spent_90_days_fen:
            return None
        if higher.spent_365_days_fen < lower.spent_365_days_fen:
            return None
    return tuple(found)


def suggested_tier(thresholds: Sequence[TierThreshold], spent_90_days_fen: int, spent_365_days_fen: int) -> str:
    """The highest tier whose amount was spent in one of the two windows; `none` below all."""
    for threshold in in_order(thresholds) or ():
        if spent_90_days_fen >= threshold.spent_90_days_fen or spent_365_days_fen >= threshold.spent_365_days_fen:
            return threshold.tier
    return "none"
