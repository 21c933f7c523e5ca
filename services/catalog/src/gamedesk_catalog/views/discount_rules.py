"""Discount rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog.model.discount_rules import DiscountRule


def rule_view(rule: DiscountRule) -> dict[str, Any]:
    return asdict(rule)
