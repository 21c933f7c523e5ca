"""Reply templates as an agent sees them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_tickets.errors import TemplateNotFound
from gamedesk_tickets.model.templates import Template
from gamedesk_tickets.repository import templates


def list_templates(tx: Connection, agent_id: str) -> list[Template]:
    return templates.visible_to(tx, agent_id)


def get_template(tx: Connection, agent_id: str, template_id: UUID) -> Template:
    """Raises TemplateNotFound, for another agent's personal one as well."""
    template = templates.get(tx, template_id)
    if template is None or template.owner_agent_id not in (None, agent_id):
        raise TemplateNotFound()
    return template
