"""Reply templates (B11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import templates as commands
from gamedesk_tickets.model.templates import NewTemplate
from gamedesk_tickets.queries import templates as queries
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.templates import template_view


def list_reply_templates() -> Answer:
    found = resources().database.read(queries.list_templates, current_principal().id)
    return answer({"items": [template_view(template) for template in found]})


def create_reply_template(body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: commands.create_template(tx, caller, NewTemplate(**body)),
    )
    return _template(UUID(outcome.resource_id), outcome.status)


def get_reply_template(template_id: str) -> Answer:
    return _template(UUID(template_id))


def edit_reply_template(template_id: str, body: dict[str, Any]) -> Answer:
    _changed(commands.edit_template, UUID(template_id), changes=body)
    return _template(UUID(template_id))


def delete_reply_template(template_id: str) -> Answer:
    _changed(commands.delete_template, UUID(template_id))
    return answer(None, 204)


def _changed(command: Any, template_id: UUID, **arguments: Any) -> None:
    try:
        resources().database.transact(command, current_principal(), template_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _template(template_id)[0]
        raise


def _template(template_id: UUID, status: int = 200) -> Answer:
    found = resources().database.read(queries.get_template, current_principal().id, template_id)
    return answer(template_view(found), status, version=found.version)
