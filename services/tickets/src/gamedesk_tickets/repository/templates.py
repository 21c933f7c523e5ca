"""Reply templates."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from gamedesk_tickets.model.templates import Template
from gamedesk_tickets.tables import reply_templates


def _template(row: Row[Any]) -> Template:
    return Template(**row._mapping)


def _of(owner_agent_id: str | None) -> ColumnElement[bool]:
    if owner_agent_id is None:
        return reply_templates.c.owner_agent_id.is_(None)
    return reply_templates.c.owner_agent_id == owner_agent_id


def visible_to(tx: Connection, agent_id: str) -> list[Template]:
    """What all share and what is this agent's alone, by position; bounded by what `count_of` is held to."""
    query = select(reply_templates).where(or_(_of(None), _of(agent_id)))
    ordered = query.order_by(reply_templates.c.position, reply_templates.c.template_id).limit(200)
    return [_template(row) for row in tx.execute(ordered)]


def get(tx: Connection, template_id: UUID) -> Template | None:
    row = tx.execute(select(reply_templates).where(reply_templates.c.template_id == template_id)).one_or_none()
    return _template(row) if row else None


def lock(tx: Connection, template_id: UUID) -> Template | None:
    query = select(reply_templates).where(reply_templates.c.template_id == template_id).with_for_update()
    row = tx.execute(query).one_or_none()
    return _template(row) if row else None


def lock_number_of(tx: Connection, owner_agent_id: str | None) -> None:
    """Templates of one owner (None: shared ones) are counted and added by one transaction at a time."""
    name = f"reply_templates\n{owner_agent_id or ''}"
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def count_of(tx: Connection, owner_agent_id: str | None) -> int:
    return tx.execute(select(func.count()).select_from(reply_templates).where(_of(owner_agent_id))).scalar_one()


def insert_template(tx: Connection, template: Template) -> None:
    tx.execute(insert(reply_templates).values(asdict(template)))


def save(tx: Connection, template: Template) -> None:
    values = asdict(template)
    tx.execute(update(reply_templates).where(reply_templates.c.template_id == values.pop("template_id")).values(values))


def remove(tx: Connection, template_id: UUID) -> None:
    tx.execute(delete(reply_templates).where(reply_templates.c.template_id == template_id))
