"""Reply templates: shared ones are the leads' to write, personal ones their agent's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.commands.categories import usable
from gamedesk_tickets.errors import TemplateNotFound, TooManyTemplates
from gamedesk_tickets.model.templates import (
    MOST_PERSONAL,
    MOST_SHARED,
    NewTemplate,
    Template,
    check_placeholders,
)
from gamedesk_tickets.repository import templates


def create_template(tx: Connection, caller: Principal, new: NewTemplate) -> Outcome:
    """Raises NotAllowed, UnknownPlaceholder, CategoryNotUsable, TooManyTemplates."""
    owner = caller.id if new.personal else None
    _require_writer(caller, owner)
    _check(tx, new.text, new.category_id)
    templates.lock_number_of(tx, owner)
    most = MOST_PERSONAL if new.personal else MOST_SHARED
    if templates.count_of(tx, owner) >= most:
        raise TooManyTemplates(f"There are {most} already; delete one that is not used any more.")
    moment = now()
    template = Template(
        template_id=new_id(),
        title=new.title,
        text=new.text,
        category_id=new.category_id,
        owner_agent_id=owner,
        active=True,
        position=new.position,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    templates.insert_template(tx, template)
    return Outcome(str(template.template_id))


def edit_template(
    tx: Connection, caller: Principal, template_id: UUID, expected_version: int, changes: dict[str, Any]
) -> None:
    """Apply `changes` (fields of Template).

    Raises TemplateNotFound, NotAllowed, StaleVersion, UnknownPlaceholder, CategoryNotUsable.
    """
    template = _locked(tx, caller, template_id, expected_version)
    _check(tx, changes.get("text"), changes.get("category_id"))
    templates.save(tx, replace(template, **changes, version=template.version + 1, updated_at=now()))


def delete_template(tx: Connection, caller: Principal, template_id: UUID, expected_version: int) -> None:
    """Raises TemplateNotFound, NotAllowed, StaleVersion."""
    _locked(tx, caller, template_id, expected_version)
    templates.remove(tx, template_id)


def _locked(tx: Connection, caller: Principal, template_id: UUID, expected_version: int) -> Template:
    template = templates.lock(tx, template_id)
    if template is None or template.owner_agent_id not in (None, caller.id):
        raise TemplateNotFound()
    _require_writer(caller, template.owner_agent_id)
    if template.version != expected_version:
        raise StaleVersion()
    return template


def _require_writer(caller: Principal, owner_agent_id: str | None) -> None:
    if owner_agent_id is None and not caller.is_lead:
        raise NotAllowed("Templates for everybody are the leads' to write; make a personal one.")


def _check(tx: Connection, text: str | None, category_id: str | None) -> None:
    if text is not None:
        check_placeholders(text)
    if category_id is not None:
        usable(tx, category_id, "/category_id")
