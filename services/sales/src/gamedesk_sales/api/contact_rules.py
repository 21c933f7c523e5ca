"""How often players are contacted, and what speaks against a pitch (R16, B3)."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import contact_rules as commands
from gamedesk_sales.model.contact_rules import NewContactRules, TierThreshold
from gamedesk_sales.queries import contact_rules as queries
from gamedesk_sales.views.contact_rules import rules_view


def get_contact_rules() -> Answer:
    rules = resources().database.read(queries.get_contact_rules)
    return answer(rules_view(rules), version=rules.version)


def save_contact_rules(body: dict[str, Any]) -> Answer:
    new = NewContactRules(
        max_touches=body["max_touches"],
        per_days=body["per_days"],
        warning_categories=tuple(dict.fromkeys(body["warning_categories"])),
        tier_thresholds=tuple(TierThreshold(**threshold) for threshold in body["tier_thresholds"]),
    )
    try:
        resources().database.transact(commands.save_contact_rules, current_principal(), expected_version(), new)
    except StaleVersion as stale:
        stale.extra["current"] = get_contact_rules()[0]
        raise
    return get_contact_rules()
