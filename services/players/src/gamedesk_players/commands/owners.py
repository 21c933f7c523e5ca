"""Giving players to another agent: whoever was merged into a player always has the owner that the player has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.errors import UnknownOwner
from gamedesk_players.model.players import Player
from gamedesk_players.repository import agents, history, players


def require_active_owner(tx: Connection, agent_id: str, pointer: str = "/owner_agent_id") -> None:
    if not agents.is_active(tx, agent_id):
        raise UnknownOwner("Name an active agent.", pointer=pointer)


def give(tx: Connection, found: Iterable[Player], owner: str, actor: str, moment: datetime) -> None:
    """Make `owner` the owner of these players (locked before), with a version and an event each."""
    for player in found:
        if player.owner_agent_id != owner:
            given = replace(player, owner_agent_id=owner, version=player.version + 1, updated_at=moment)
            players.save(tx, given)
            events.player_updated(tx, given, actor)
            record_changes(tx, player, given, actor)


def record_changes(tx: Connection, before: Player, after: Player, actor: str) -> None:
    """Put a new owner and a new tier into the player's history."""
    moment = after.updated_at
    if before.owner_agent_id != after.owner_agent_id:
        owners = {"before": before.owner_agent_id, "after": after.owner_agent_id}
        history.record(tx, after.player_id, "handed_off", owners, agent_id=actor, happened_at=moment)
    if before.tier != after.tier:
        tiers = {"before": before.tier, "after": after.tier}
        history.record(tx, after.player_id, "tier_changed", tiers, agent_id=actor, happened_at=moment)
