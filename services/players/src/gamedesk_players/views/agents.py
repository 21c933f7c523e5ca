"""Agents and their sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from gamedesk_players.commands.sessions import Session
from gamedesk_players.model.agents import Agent


def agent_view(agent: Agent) -> dict[str, Any]:
    return {
        "agent_id": agent.agent_id,
        "name": agent.name,
        "role": agent.role,
        "team": agent.team,
        "wechat_id": agent.wechat_id,
        "wechat_name": agent.wechat_name,
        "active": agent.active,
        "version": agent.version,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
    }


def binding_view(row: Row[Any]) -> dict[str, Any]:
    return {
        "binding_id": row.binding_id,
        "wechat_id": row.wechat_id,
        "wechat_name": row.wechat_name,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }


def session_view(session: Session) -> dict[str, Any]:
    return {
        "access_token": session.access_token,
        "expires_at": session.expires_at,
        "refresh_token": session.refresh_token,
        "agent": agent_view(session.agent),
    }
