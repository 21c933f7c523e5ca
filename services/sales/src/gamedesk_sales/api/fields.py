"""Fields of requests as values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import InvalidInput
from gamedesk_chassis.web import FIRST_DAY, time_of
from gamedesk_chassis.web import bounded_day as required_day

from gamedesk_sales.model.business_days import midnight


def ids(texts: list[str] | None) -> list[UUID] | None:
    return None if texts is None else [UUID(text) for text in texts]


def optional_id(body: dict[str, Any], field: str) -> UUID | None:
    return UUID(body[field]) if body.get(field) else None


def day(text: str | None, pointer: str) -> date | None:
    return None if text is None else required_day(text, pointer)


def days(first: str | None, last: str | None, names: tuple[str, str]) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first to the end of the last day of Shanghai, which the parameters `names` say."""
    from_day, to_day = day(first, f"/query/{names[0]}"), day(last, f"/query/{names[1]}")
    return from_day and midnight(from_day), to_day and midnight(to_day + timedelta(days=1))


def past_time(text: str, pointer: str) -> datetime:
    """When something happened: on a day that can be asked for, or later. Raises InvalidInput."""
    found = time_of(text, pointer)
    if found < midnight(FIRST_DAY):
        raise InvalidInput(f"Give a time of {FIRST_DAY} or later.", pointer=pointer)
    return found
