"""Who may give what discount."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, bounded_day, create_once, expected_version

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import discount_rules as commands
from gamedesk_catalog.errors import UnknownGame
from gamedesk_catalog.model.discount_rules import NewDiscountRule
from gamedesk_catalog.queries import discount_rules as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.discount_rules import change_view, rule_view


def list_discount_rules() -> Answer:
    rules = resources().database.read(queries.list_rules)
    return answer({"items": [rule_view(rule) for rule in rules]})


def create_discount_rule(body: dict[str, Any]) -> Answer:
    new = NewDiscountRule(**{"game_id": None, **_fields(body)})
    if new.game_id is not None and new.game_id not in resources().push_keys:
        raise UnknownGame("Choose a configured game.", pointer="/game_id")
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.create_rule(tx, caller, new),
    )
    return _rule(UUID(outcome.resource_id), outcome.status)


def get_discount_rule(rule_id: str) -> Answer:
    return _rule(UUID(rule_id))


def edit_discount_rule(rule_id: str, body: dict[str, Any]) -> Answer:
    _change(commands.edit_rule, UUID(rule_id), changes=_fields(body))
    return _rule(UUID(rule_id))


def delete_discount_rule(rule_id: str) -> Answer:
    _change(commands.delete_rule, UUID(rule_id))
    return answer(None, 204)


def list_discount_rule_changes(rule_id: str | None = None, limit: int = 50, cursor: str | None = None) -> Answer:
    of_rule = UUID(rule_id) if rule_id else None
    found, next_cursor = resources().database.read(queries.list_changes, of_rule, cursor, limit)
    return answer({"items": [change_view(change) for change in found], "next_cursor": next_cursor})


def _change(command: Any, rule_id: UUID, **arguments: Any) -> None:
    try:
        resources().database.transact(command, current_principal(), rule_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _rule(rule_id)[0]
        raise


def _rule(rule_id: UUID, status: int = 200) -> Answer:
    rule = resources().database.read(queries.get_rule, rule_id)
    return answer(rule_view(rule), status, version=rule.version)


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a NewDiscountRule in a request."""
    days = {
        name: bounded_day(body[name], f"/{name}") for name in ("starts_on", "ends_on") if body.get(name) is not None
    }
    campaign = {"campaign_id": UUID(body["campaign_id"])} if body.get("campaign_id") is not None else {}
    return {**body, **days, **campaign}
