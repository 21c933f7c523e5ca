"""Copies of what players owns: players, their game profiles, and agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from gamedesk_chassis.active_callers import Standing
from gamedesk_chassis.copies import upsert_if_newer
from sqlalchemy import Connection, Row, func, select, union, update

from gamedesk_tickets.model.players import Player, Profile
from gamedesk_tickets.tables import agent_copies, player_copies, profile_copies


def lock_player(tx: Connection, player_id: UUID) -> Player | None:
    """The player as his copy knows him, or None if it has not come; keeps others from creating a ticket for him.

    Who was merged into another is that other, as soon as his copy has come.
    """
    row = _lock(tx, player_id)
    if row is not None and row.merged_into is not None:
        row = _lock(tx, row.merged_into) or row
    if row is None:
        return None
    return Player(row.player_id, row.erased, tuple(same_person(tx, [row.player_id])))


def _lock(tx: Connection, player_id: UUID) -> Row[Any] | None:
    query = select(player_copies).where(player_copies.c.player_id == player_id)
    return tx.execute(query.with_for_update(key_share=True)).one_or_none()


def same_person(tx: Connection, player_ids: Iterable[UUID]) -> list[UUID]:
    """These players, those whom they were merged into, and all who were merged into one of them."""
    asked = list(player_ids)
    root = func.coalesce(player_copies.c.merged_into, player_copies.c.player_id)
    roots = select(root.label("player_id")).where(player_copies.c.player_id.in_(asked)).cte("roots")
    merged = select(player_copies.c.player_id).join(roots, player_copies.c.merged_into == roots.c.player_id)
    found = tx.execute(union(select(roots.c.player_id), merged)).scalars()
    return sorted({*asked, *found})


def is_erased(tx: Connection, player_id: UUID) -> bool:
    """False for a player whose copy has not come. Until the transaction ends, nobody erases him."""
    query = select(player_copies.c.erased).where(player_copies.c.player_id == player_id)
    return tx.execute(query.with_for_update(read=True)).scalar_one_or_none() is True


def profile(tx: Connection, profile_id: UUID) -> Profile | None:
    """A game profile as its copy knows it, or None if it has not come."""
    row = tx.execute(select(profile_copies).where(profile_copies.c.profile_id == profile_id)).one_or_none()
    return Profile(row.profile_id, row.player_id, row.game_id, row.server) if row else None


def standing(tx: Connection, agent_id: str) -> Standing | None:
    """None for an agent this service has not heard of yet."""
    row = tx.execute(select(agent_copies).where(agent_copies.c.agent_id == agent_id)).one_or_none()
    return Standing(row.active, row.role, row.team) if row else None


def copy_player(
    tx: Connection, player_id: UUID, values: Mapping[str, Any], version: int, *, republication: bool
) -> bool:
    """Keep what an event says of a player, unless something newer is known; whether it was kept."""
    return upsert_if_newer(tx, player_copies, {"player_id": player_id}, values, version, allow_equal=republication)


def copy_profile(
    tx: Connection, profile_id: UUID, values: Mapping[str, Any], version: int, *, republication: bool
) -> None:
    """Keep what an event says of a game profile, unless something newer is known."""
    upsert_if_newer(tx, profile_copies, {"profile_id": profile_id}, values, version, allow_equal=republication)


def blank_profiles(tx: Connection, player_id: UUID) -> None:
    """Forget on which servers an erased player plays."""
    of_him = profile_copies.c.player_id == player_id, profile_copies.c.server.is_not(None)
    tx.execute(update(profile_copies).where(*of_him).values(server=None))


def copy_agent(tx: Connection, agent_id: str, values: Mapping[str, Any], version: int, *, republication: bool) -> None:
    """Keep what an event says of an agent, unless something newer is known."""
    upsert_if_newer(tx, agent_copies, {"agent_id": agent_id}, values, version, allow_equal=republication)
