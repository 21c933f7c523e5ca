"""Reading the fields of a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.web import time_of


def id_of(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def moment_of(body: dict[str, Any], field: str) -> datetime | None:
    return time_of(body[field], f"/{field}") if body.get(field) else None
