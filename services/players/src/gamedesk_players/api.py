"""HTTP: request → command or query → answer. One function per operationId of openapi.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.remotes import Remote
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, resources_of_app

from gamedesk_players import passwords, queries
from gamedesk_players.commands import agents, players, profiles, sessions
from gamedesk_players.errors import SessionEnded
from gamedesk_players.model import NewAgent, NewPlayer
from gamedesk_players.repository.agents import password_hash
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.tokens import TokenIssuer
from gamedesk_players.views import PlayerViews, agent_view, session_view


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root."""

    database: Database
    issuer: TokenIssuer
    games: dict[str, Remote]
    views: PlayerViews


def _resources() -> Resources:
    return resources_of_app()


def sign_in(body: dict[str, Any]) -> Answer:
    r = _resources()
    stored = r.database.transact(password_hash, body["agent_id"])
    verified = stored if passwords.matches(stored, body["password"]) else None
    session = r.database.transact(sessions.sign_in, r.issuer, body["agent_id"], verified)
    return answer(session_view(session), 201)


def refresh_session(body: dict[str, Any]) -> Answer:
    r = _resources()
    session = r.database.transact(sessions.refresh, r.issuer, body["refresh_token"])
    if session is None:
        raise SessionEnded("The token was used before; sign in again.")
    return answer(session_view(session), 201)


def revoke_session(body: dict[str, Any]) -> Answer:
    _resources().database.transact(sessions.revoke, body["refresh_token"])
    return answer(None, 204)


def list_agents(limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = _resources().database.transact(queries.list_agents, cursor, limit)
    return answer({"items": [agent_view(agent) for agent in found], "next_cursor": next_cursor})


def create_agent(body: dict[str, Any]) -> Answer:
    r = _resources()
    hashed = passwords.hashed(body["password"])
    outcome = create_once(
        r.database,
        idempotency_keys,
        {**body, "password": None},  # what is kept of a body is a quick hash, which is no place for a password
        lambda tx, caller: agents.create_agent(tx, caller.id, NewAgent(**body), hashed),
    )
    return _agent(outcome.resource_id, outcome.status)


def get_agent(agent_id: str) -> Answer:
    return _agent(agent_id)


def edit_agent(agent_id: str, body: dict[str, Any]) -> Answer:
    caller = current_principal()
    try:
        _resources().database.transact(agents.edit_agent, caller.id, agent_id, expected_version(), body)
    except StaleVersion as stale:
        stale.extra["current"] = _agent(agent_id)[0]
        raise
    return _agent(agent_id)


def change_password(agent_id: str, body: dict[str, Any]) -> Answer:
    caller = current_principal()
    database = _resources().database
    stored = database.transact(password_hash, agent_id)
    current = body.get("current_password")
    database.transact(
        agents.change_password,
        caller.id,
        caller.role == "admin",
        agent_id,
        stored if current is not None and passwords.matches(stored, current) else None,
        passwords.hashed(body["new_password"]),
    )
    return answer(None, 204)


def list_games() -> Answer:
    games = _resources().games.values()
    return answer({"items": [{"game_id": game.id, "name": game.name} for game in games]})


def list_players(q: str | None = None, owner: str | None = None, limit: int = 50, cursor: str | None = None) -> Answer:
    r = _resources()
    if q is not None:
        found = r.database.transact(queries.find_players, q, owner, limit)
    else:
        found = r.database.transact(queries.list_players, owner, cursor, limit)
    return answer(r.views.page(found))


def list_player_cards(ids: list[str]) -> Answer:
    r = _resources()
    return answer(r.views.page(r.database.transact(queries.cards, [UUID(i) for i in ids])))


def create_player(body: dict[str, Any]) -> Answer:
    r = _resources()
    owner = body.get("owner_agent_id") or current_principal().id
    new = NewPlayer(**{**body, "owner_agent_id": owner})
    outcome = create_once(
        r.database,
        idempotency_keys,
        body,
        lambda tx, caller: players.create_player(tx, caller, new, list(r.games)),
    )
    return _player(UUID(outcome.resource_id), outcome.status)


def get_player(player_id: str) -> Answer:
    return _player(UUID(player_id))


def edit_player(player_id: str, body: dict[str, Any]) -> Answer:
    r, caller = _resources(), current_principal()
    try:
        r.database.transact(players.edit_player, caller, UUID(player_id), expected_version(), body, list(r.games))
    except StaleVersion as stale:
        stale.extra["current"] = _player(UUID(player_id))[0]
        raise
    return _player(UUID(player_id))


def reveal_contacts(player_id: str, body: dict[str, Any]) -> Answer:
    outcome = create_once(
        _resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: players.reveal_contacts(tx, caller, UUID(player_id), body["reason"]),
    )
    # A replay shows nothing: it is not recorded, and who owns the player may have changed since.
    return _player(UUID(player_id), outcome.status, revealed=not outcome.replayed)


def sync_player(player_id: str) -> Answer:
    r = _resources()
    r.database.transact(profiles.request_sync, UUID(player_id), list(r.games))
    return answer({"player_id": player_id, "games": len(r.games)}, 202)


def _agent(agent_id: str, status: int = 200) -> Answer:
    agent = _resources().database.transact(queries.get_agent, agent_id)
    return answer(agent_view(agent), status, version=agent.version)


def _player(player_id: UUID, status: int = 200, *, revealed: bool = False) -> Answer:
    """The player as the caller may see him: contacts whole for his owner, or once revealed."""
    r = _resources()
    found = r.database.transact(queries.get_player, player_id)
    masked = not revealed and found.player.owner_agent_id != current_principal().id
    return answer(r.views.details(found, now(), masked=masked), status, version=found.player.version)
