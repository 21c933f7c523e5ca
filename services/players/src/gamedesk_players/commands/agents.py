"""Adding and changing agents (R21)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from sqlalchemy import Connection

from gamedesk_players import events, passwords
from gamedesk_players.commands import sign_ins
from gamedesk_players.errors import (
    AgentExists,
    AgentNotFound,
    LastAdmin,
    SignInRefused,
    WechatIdInUse,
    WechatNotBindable,
)
from gamedesk_players.model.agents import Agent, NewAgent
from gamedesk_players.repository import agents as repository


def create_agent(tx: Connection, actor: str | None, new: NewAgent, password_hash: str | None = None) -> Outcome:
    """Raises AgentExists, WechatIdInUse. Give `password_hash` where others wait for the transaction to end."""
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
    if not repository.insert_agent(tx, agent, password_hash or passwords.hashed(new.password)):
        raise AgentExists("Choose another agent id.", pointer="/agent_id")
    if new.wechat_id and new.wechat_name:
        _bind(tx, new.agent_id, new.wechat_id, new.wechat_name)
    events.agent_updated(tx, agent, actor)
    return Outcome(agent.agent_id)


def edit_agent(tx: Connection, actor: str, agent_id: str, expected_version: int, changes: dict[str, Any]) -> None:
    """Apply `changes` (fields of Agent). Raises AgentNotFound, StaleVersion, WechatIdInUse, LastAdmin,
    WechatNotBindable. What changes nothing leaves no trace."""
    agent = repository.lock(tx, agent_id)
    if agent is None:
        raise AgentNotFound()
    if agent.version != expected_version:
        raise StaleVersion()
    edited = replace(agent, **changes)
    if edited == agent:
        return
    edited = replace(edited, version=agent.version + 1, updated_at=now())
    rebinds = (edited.wechat_id, edited.wechat_name) != (agent.wechat_id, agent.wechat_name)
    if rebinds and not edited.active:
        raise WechatNotBindable("An inactive agent has no WeChat id.", pointer="/wechat_id")
    if rebinds and not edited.wechat_id:
        raise WechatNotBindable("Name the WeChat id too.", pointer="/wechat_name")
    steps_down = agent.active and agent.role == "admin" and not (edited.active and edited.role == "admin")
    if steps_down and repository.count_active_admins(tx) == 1:
        raise LastAdmin("Make another agent admin first.")
    repository.save(tx, edited)
    if not edited.active:
        repository.end_binding(tx, agent_id, now())
    elif rebinds and edited.wechat_id:
        _bind(tx, agent_id, edited.wechat_id, edited.wechat_name or edited.wechat_id)
    if not edited.active or edited.role != agent.role:  # a new role takes a new sign-in
        repository.revoke_sessions(tx, agent_id)
    events.agent_updated(tx, edited, actor)


def change_password(
    tx: Connection,
    actor: str,
    actor_is_admin: bool,
    agent_id: str,
    verified: str | None,
    new_hash: str,
    key: str,
    attempt: sign_ins.Attempt | None = None,
) -> None:
    """One's own with the current password, another's as admin, who lets him sign in with it at once. Ends all of the
    agent's sessions.

    `verified`: the stored hash that the current password matched (before this transaction), None if it did not;
    `key`: what sign-ins are counted with; `attempt`: as what this one was.
    """
    agent = repository.lock(tx, agent_id)
    if actor == agent_id:
        if verified is None or verified != repository.password_hash(tx, agent_id):
            raise SignInRefused("The current password is wrong.", pointer="/current_password")
    elif not actor_is_admin:
        raise NotAllowed("Only an admin sets another agent's password.")
    elif agent is None:
        raise AgentNotFound()
    else:
        sign_ins.clear(tx, key, agent_id)
    if attempt is not None:
        sign_ins.succeeded(tx, attempt)
    repository.set_password_hash(tx, agent_id, new_hash)
    repository.revoke_sessions(tx, agent_id)


def _bind(tx: Connection, agent_id: str, wechat_id: str, wechat_name: str) -> None:
    if not repository.bind_wechat(tx, agent_id, wechat_id, wechat_name, now()):
        raise WechatIdInUse("One WeChat id belongs to one active agent.", pointer="/wechat_id")
