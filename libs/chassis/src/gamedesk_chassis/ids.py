"""Identifiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS_AFTER_TIME = 80


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()


def first_id(moment: datetime) -> UUID:
    """No id that is made at `moment` or later sorts before it, and none that was made earlier sorts behind it."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return UUID(int=max(milliseconds, 0) << _BITS_AFTER_TIME)
