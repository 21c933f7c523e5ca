"""Agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["agent", "lead", "admin"]


@dataclass(frozen=True)
class Agent:
    """`agent_id` is chosen by people (KF001) and is the key to everything else (R21)."""

    agent_id: str
    name: str
    role: Role
    team: str
    active: bool
    wechat_id: str | None
    wechat_name: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class NewAgent:
    agent_id: str
    name: str
    password: str
    wechat_id: str | None
    wechat_name: str | None
    role: Role = "agent"
    team: str = ""
