"""Agents (R21)."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_players import passwords
from gamedesk_players.api.resources import resources
from gamedesk_players.api.sessions import attempt_of, place_for
from gamedesk_players.commands import agents
from gamedesk_players.model.agents import NewAgent
from gamedesk_players.queries import agents as queries
from gamedesk_players.repository.agents import password_hash
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.views.agents import agent_view, binding_view


def list_agents(limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_agents, cursor, limit)
    return answer({"items": [agent_view(agent) for agent in found], "next_cursor": next_cursor})


def create_agent(body: dict[str, Any]) -> Answer:
    r = resources()
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
        resources().database.transact(agents.edit_agent, caller.id, agent_id, expected_version(), body)
    except StaleVersion as stale:
        stale.extra["current"] = _agent(agent_id)[0]
        raise
    return _agent(agent_id)


def change_password(agent_id: str, body: dict[str, Any]) -> Answer:
    caller, r = current_principal(), resources()
    attempt = verified = None
    if caller.id == agent_id and "current_password" in body:  # a guess like any other, with a stolen token
        attempt = attempt_of(agent_id)
    with place_for(attempt):
        if attempt is not None:
            stored = r.database.read(password_hash, agent_id)
            verified = stored if passwords.matches(stored, body["current_password"]) else None
        hashed = passwords.hashed(body["new_password"])
    is_admin, key = caller.role == "admin", r.gateway_key
    r.database.transact(agents.change_password, caller.id, is_admin, agent_id, verified, hashed, key, attempt)
    return answer(None, 204)


def list_wechat_bindings(agent_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_wechat_bindings, agent_id, cursor, limit)
    return answer({"items": [binding_view(row) for row in found], "next_cursor": next_cursor})


def _agent(agent_id: str, status: int = 200) -> Answer:
    agent = resources().database.read(queries.get_agent, agent_id)
    return answer(agent_view(agent), status, version=agent.version)
