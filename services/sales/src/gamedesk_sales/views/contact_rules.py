"""Contact rules, and warnings that follow from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.contact_rules import ContactRules, Frequency


def rules_view(rules: ContactRules) -> dict[str, Any]:
    return {
        "max_touches": rules.max_touches,
        "per_days": rules.per_days,
        "warning_categories": list(rules.warning_categories),
        "tier_thresholds": [asdict(threshold) for threshold in rules.tier_thresholds],
        "updated_by": rules.updated_by,
        "updated_at": rules.updated_at,
        "version": rules.version,
    }


def frequency_warning(frequency: Frequency) -> dict[str, Any]:
    return {
        "kind": "contact_frequency",
        "count": frequency.count,
        "max_touches": frequency.max_touches,
        "days": frequency.per_days,
        "next_free_on": frequency.next_free_on,
    }
