"""Adding and changing agents (R21)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from sqlalchemy import Connection

from gamedesk_players import events, passwords
from gamedesk_players.errors import AgentExists, AgentNotFound, LastAdmin, SignInRefused, WechatIdInUse
from gamedesk_players.model import Agent, NewAgent
from gamedesk_players.repository import agents as repository


def create_agent(tx: Connection, actor: str | None, new: NewAgent) -> Outcome:
    """Raises AgentExists, WechatIdInUse."""
    if repository.get(tx, new.agent_id):
        raise AgentExists("Choose another agent id.", pointer="/agent_id")
    moment = now()
    agent = Agent(
        agent_id=new.agent_id,
        name=new.name,
        role=new.role,
        team=new.team,
        active=True,
        wechat_id=new.wechat_id,
        wechat_name=new.wechat_name,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    repository.insert_agent(tx, agent, passwords.hashed(new.password))
    if new.wechat_id and new.wechat_name:
        _bind(tx, new.agent_id, new.wechat_id, new.wechat_name)
    events.agent_updated(tx, agent, actor)
    return Outcome(agent.agent_id)


def edit_agent(tx: Connection, actor: str, agent_id: str, expected_version: int, changes: dict[str, Any]) -> None:
    """Apply `changes` (fields of Agent). Raises AgentNotFound, StaleVersion, WechatIdInUse, LastAdmin."""
    agent = repository.lock(tx, agent_id)
    if agent is None:
        raise AgentNotFound()
    if agent.version != expected_version:
        raise StaleVersion()
    edited = replace(agent, **changes, version=agent.version + 1, updated_at=now())
    steps_down = agent.active and agent.role == "admin" and not (edited.active and edited.role == "admin")
    if steps_down and repository.count_active_admins(tx) == 1:
        raise LastAdmin("Make another agent admin first.")
    repository.save(tx, edited)
    if not edited.active:
        repository.end_binding(tx, agent_id, now())
    elif edited.wechat_id and (edited.wechat_id, edited.wechat_name) != (agent.wechat_id, agent.wechat_name):
        _bind(tx, agent_id, edited.wechat_id, edited.wechat_name or edited.wechat_id)
    if not edited.active or edited.role != agent.role:  # a new role takes a new sign-in
        repository.revoke_sessions(tx, agent_id, now())
    events.agent_updated(tx, edited, actor)


def change_password(
    tx: Connection, actor: str, actor_is_admin: bool, agent_id: str, current: str | None, new: str
) -> None:
    """One's own with the current password, another's as admin. Ends all of the agent's sessions."""
    stored = repository.password_hash(tx, agent_id)
    if actor == agent_id:
        if not passwords.matches(stored, current or ""):
            raise SignInRefused("The current password is wrong.", pointer="/current_password")
    elif not actor_is_admin:
        raise NotAllowed("Only an admin sets another agent's password.")
    elif stored is None:
        raise AgentNotFound()
    repository.set_password_hash(tx, agent_id, passwords.hashed(new))
    repository.revoke_sessions(tx, agent_id, now())


def _bind(tx: Connection, agent_id: str, wechat_id: str, wechat_name: str) -> None:
    holder = repository.holder_of_wechat(tx, wechat_id)
    if holder not in (None, agent_id):
        raise WechatIdInUse("One WeChat id belongs to one active agent.", pointer="/wechat_id")
    repository.bind_wechat(tx, agent_id, wechat_id, wechat_name, now())
