"""Fields of requests as values."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import InvalidInput


def ids(texts: list[str] | None) -> list[UUID] | None:
    return None if texts is None else [UUID(text) for text in texts]


def optional_id(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def day(text: str | None, pointer: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("This day cannot be represented.", pointer=pointer) from None
