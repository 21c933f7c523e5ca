"""Pictures of tickets, without the pictures themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Purpose = Literal["problem", "solution", "reply"]

MAX_OF_A_TICKET = 50


@dataclass(frozen=True)
class Attachment:
    """A picture of a ticket. What it is of is never changed; a removed one keeps its line, its bytes go."""

    attachment_id: UUID
    ticket_id: UUID
    purpose: Purpose
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    uploaded_by: str
    uploaded_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True)
class NewAttachment:
    """What was put into the store, under an id of its own; `bytes` as it is kept there."""

    attachment_id: UUID
    purpose: Purpose
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
