"""Who may give what discount."""

from __future__ import annotations

from gamedesk_chassis.web import Answer, answer

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.queries import discount_rules as queries
from gamedesk_catalog.views.discount_rules import rule_view


def list_discount_rules() -> Answer:
    rules = resources().database.transact(queries.list_rules)
    return answer({"items": [rule_view(rule) for rule in rules]})
