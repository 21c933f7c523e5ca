"""Working hours and targets (R20)."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import service_rules as commands
from gamedesk_tickets.model.service_rules import NewRules, rules_of
from gamedesk_tickets.queries import service_rules as queries
from gamedesk_tickets.views.service_rules import rules_view


def get_service_rules() -> Answer:
    rules = resources().database.read(queries.get_service_rules)
    return answer(rules_view(rules), version=rules.revision)


def save_service_rules(body: dict[str, Any]) -> Answer:
    new = NewRules(**rules_of(body))
    try:
        resources().database.transact(commands.save_service_rules, current_principal(), expected_version(), new)
    except StaleVersion as stale:
        stale.extra["current"] = get_service_rules()[0]
        raise
    return get_service_rules()


def list_service_rules(limit: int = 10, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_service_rules, cursor, limit)
    return answer({"items": [rules_view(rules) for rules in found], "next_cursor": next_cursor})
