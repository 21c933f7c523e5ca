"""Categories of tickets, with their forms."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import categories as commands
from gamedesk_tickets.model.categories import FormField, NewCategory
from gamedesk_tickets.queries import categories as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.categories import category_view


def list_ticket_categories() -> Answer:
    found = resources().database.read(queries.list_categories)
    return answer({"items": [category_view(category) for category in found]})


def create_ticket_category(body: dict[str, Any]) -> Answer:
    new = NewCategory(**_read(body))
    outcome = create_once(resources().database, idempotency_keys, body, lambda tx, _: commands.create_category(tx, new))
    return _category(outcome.resource_id, outcome.status)


def edit_ticket_category(category_id: str, body: dict[str, Any]) -> Answer:
    try:
        resources().database.transact(commands.edit_category, category_id, expected_version(), _read(body))
    except StaleVersion as stale:
        stale.extra["current"] = _category(category_id)[0]
        raise
    return _category(category_id)


def _read(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Category in a request."""
    if "form" not in body:
        return body
    return {**body, "form": tuple(FormField(**{**f, "options": tuple(f.get("options", ()))}) for f in body["form"])}


def _category(category_id: str, status: int = 200) -> Answer:
    found = resources().database.read(queries.get_category, category_id)
    return answer(category_view(found), status, version=found.version)
