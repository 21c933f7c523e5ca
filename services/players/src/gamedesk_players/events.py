"""What this service publishes: aggregates as event payloads. No name, contact or note of a person leaves here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamedesk_chassis import outbox
from gamedesk_chassis.digests import digest_type
from sqlalchemy import Connection

from gamedesk_players.model.agents import Agent
from gamedesk_players.model.players import Player
from gamedesk_players.model.profiles import Profile

SOURCE = "/players"
DIGEST_COMPUTED = digest_type("players")  # said by the chassis: what copies have to look like
PLAYER_CREATED = "players.player.created.v1"
PLAYER_UPDATED = "players.player.updated.v1"
PLAYER_MERGED = "players.player.merged.v1"
PLAYER_ERASED = "players.player.erased.v1"
PROFILE_SYNCED = "players.profile.synced.v1"
AGENT_UPDATED = "players.agent.updated.v1"


def player_payload(player: Player) -> dict[str, Any]:
    return {
        "player_id": player.player_id,
        "owner_agent_id": player.owner_agent_id,
        "tier": player.tier,
        "minor_band": player.minor_band,
        "merged_into": player.merged_into,
        "erased": player.erased,
        "created_at": player.created_at,
        "updated_at": player.updated_at,
    }


def profile_payload(profile: Profile) -> dict[str, Any]:
    account = profile.account
    return {
        "profile_id": profile.profile_id,
        "player_id": profile.player_id,
        "game_id": profile.game_id,
        "server": account.server_name if account else None,
        "server_id": account.server_id if account else None,
        "game_account_id": account.game_account_id if account else None,
        "state": profile.state,
    }


def agent_payload(agent: Agent) -> dict[str, Any]:
    return {"agent_id": agent.agent_id, "role": agent.role, "team": agent.team, "active": agent.active}


def player_created(tx: Connection, player: Player, actor: str) -> None:
    _append(tx, PLAYER_CREATED, player.player_id, player.version, player_payload(player), actor)


def player_updated(tx: Connection, player: Player, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, PLAYER_UPDATED, player.player_id, player.version, player_payload(player), actor, republication)


def player_merged(tx: Connection, player: Player, actor: str) -> None:
    _append(tx, PLAYER_MERGED, player.player_id, player.version, player_payload(player), actor)


def player_erased(tx: Connection, player: Player, actor: str | None) -> None:
    _append(tx, PLAYER_ERASED, player.player_id, player.version, player_payload(player), actor)


def profile_synced(tx: Connection, profile: Profile, *, republication: bool = False) -> None:
    _append(tx, PROFILE_SYNCED, profile.profile_id, profile.version, profile_payload(profile), None, republication)


def profiles_synced(tx: Connection, profiles: Sequence[Profile]) -> None:
    changes = [
        outbox.Change(type=PROFILE_SYNCED, aggregate_id=p.profile_id, version=p.version, data=profile_payload(p))
        for p in profiles
    ]
    outbox.append_many(tx, changes, source=SOURCE)


def agent_updated(tx: Connection, agent: Agent, actor: str | None, *, republication: bool = False) -> None:
    _append(tx, AGENT_UPDATED, agent.agent_id, agent.version, agent_payload(agent), actor, republication)


def _append(
    tx: Connection,
    type: str,
    aggregate_id: Any,
    version: int,
    data: dict[str, Any],
    actor: str | None,
    republication: bool = False,
) -> None:
    outbox.append(
        tx,
        type=type,
        aggregate_id=aggregate_id,
        version=version,
        data=data,
        source=SOURCE,
        actor=actor,
        republication=republication,
    )
