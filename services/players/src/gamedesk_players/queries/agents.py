"""Agents, one and all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection, Row

from gamedesk_players.errors import AgentNotFound
from gamedesk_players.model.agents import Agent
from gamedesk_players.repository import agents


def get_agent(tx: Connection, agent_id: str) -> Agent:
    agent = agents.get(tx, agent_id)
    if agent is None:
        raise AgentNotFound()
    return agent


def list_agents(tx: Connection, cursor: str | None, limit: int) -> tuple[list[Agent], str | None]:
    after = decode_cursor(cursor, [str])
    found = agents.list_page(tx, after[0] if after else None, limit + 1)
    return page(found, limit, lambda agent: [agent.agent_id])


def list_wechat_bindings(
    tx: Connection, agent_id: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """The agent's WeChat ids with their dates, the newest first. Raises AgentNotFound."""
    get_agent(tx, agent_id)
    before = decode_cursor(cursor, [UUID])
    found = agents.bindings_page(tx, agent_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda row: [row.binding_id])
