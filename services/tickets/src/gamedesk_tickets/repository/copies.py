"""Copies of what players owns: players and agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gamedesk_chassis.active_callers import Standing
from gamedesk_chassis.copies import upsert_if_newer
from sqlalchemy import Connection, select

from gamedesk_tickets.tables import agent_copies, player_copies


def lock_player(tx: Connection, player_id: UUID) -> str | None:
    """The owner in the copy of a player, or None if it has not come; keeps others from creating a ticket for him."""
    query = select(player_copies.c.owner_agent_id).where(player_copies.c.player_id == player_id)
    return tx.execute(query.with_for_update(key_share=True)).scalar_one_or_none()


def standing(tx: Connection, agent_id: str) -> Standing | None:
    """None for an agent this service has not heard of yet."""
    row = tx.execute(select(agent_copies).where(agent_copies.c.agent_id == agent_id)).one_or_none()
    return Standing(row.active, row.role, row.team) if row else None


def copy_player(
    tx: Connection, player_id: UUID, values: Mapping[str, Any], version: int, *, republication: bool
) -> None:
    """Keep what an event says of a player, unless something newer is known."""
    upsert_if_newer(tx, player_copies, {"player_id": player_id}, values, version, allow_equal=republication)


def copy_agent(tx: Connection, agent_id: str, values: Mapping[str, Any], version: int, *, republication: bool) -> None:
    """Keep what an event says of an agent, unless something newer is known."""
    upsert_if_newer(tx, agent_copies, {"agent_id": agent_id}, values, version, allow_equal=republication)
