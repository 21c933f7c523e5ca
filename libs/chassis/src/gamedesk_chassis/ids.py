"""Identifiers."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()
