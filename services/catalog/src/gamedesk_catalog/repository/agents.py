"""The copy of agents: who may act here."""

from __future__ import annotations

from sqlalchemy import Connection, select

from gamedesk_catalog.tables import agent_copies


def is_active(tx: Connection, agent_id: str) -> bool | None:
    """None: this service has not heard of the agent yet."""
    query = select(agent_copies.c.active).where(agent_copies.c.agent_id == agent_id)
    return tx.execute(query).scalar_one_or_none()
