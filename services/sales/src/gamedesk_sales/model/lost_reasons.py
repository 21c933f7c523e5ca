"""Why sales are lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class LostReason:
    """Why a sale was lost; renamed by id, deactivated instead of deleted."""

    reason_id: UUID
    name: str
    needs_note: bool
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime
