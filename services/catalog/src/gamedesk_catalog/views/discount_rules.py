"""Discount rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_chassis.clock import now

from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.discount_rules import DiscountRule, RuleChange


def rule_view(rule: DiscountRule) -> dict[str, Any]:
    fields = asdict(rule)
    del fields["campaign_ended"]
    return {**fields, "in_force": rule.in_force(business_day(now()))}


def change_view(change: RuleChange) -> dict[str, Any]:
    return asdict(change)
