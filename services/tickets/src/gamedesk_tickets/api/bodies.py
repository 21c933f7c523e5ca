"""Reading the fields of a request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import InvalidInput
from gamedesk_chassis.web import time_of

from gamedesk_tickets.model.days import midnight


def id_of(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def moment_of(body: dict[str, Any], field: str) -> datetime | None:
    return time_of(body[field], f"/{field}") if body.get(field) else None


def day_begins(text: str | None, pointer: str, *, days_later: int = 0) -> datetime | None:
    """The first moment of a day of the desk, or of one that is `days_later`; InvalidInput if no calendar has it."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
        return midnight(day).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("This day is in no calendar.", pointer=pointer) from None
