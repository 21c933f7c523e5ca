"""The copy of agents: who may act here."""

from __future__ import annotations

from gamedesk_chassis.active_callers import Standing
from sqlalchemy import Connection, select

from gamedesk_catalog.tables import agent_copies


def standing(tx: Connection, agent_id: str) -> Standing | None:
    """None: this service has not heard of the agent yet."""
    row = tx.execute(select(agent_copies).where(agent_copies.c.agent_id == agent_id)).one_or_none()
    return Standing(row.active, row.role, row.team) if row else None


def team_of(tx: Connection, agent_id: str) -> str | None:
    """None: this service has not heard of the agent yet."""
    return tx.execute(select(agent_copies.c.team).where(agent_copies.c.agent_id == agent_id)).scalar_one_or_none()
