"""Handing tickets over to another agent, several at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

# `unchanged`: it is that agent's already. `stale`: somebody changed it meanwhile. `erased`: its player was.
FateName = Literal["moved", "unchanged", "stale", "erased", "not_found"]


@dataclass(frozen=True)
class Fate:
    """What became of one ticket of a transfer."""

    ticket_id: UUID
    fate: FateName


@dataclass(frozen=True)
class NewTransfer:
    """`tickets`: id and the version that the caller has seen. `to_agent_id`: None lets them follow the owner."""

    tickets: tuple[tuple[UUID, int], ...]
    to_agent_id: str | None
    note: str


@dataclass(frozen=True)
class Transfer:
    transfer_id: UUID
    to_agent_id: str | None
    fates: tuple[Fate, ...]
    requested_by: str
    created_at: datetime
