"""The list of reasons that leads maintain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection

from gamedesk_sales.errors import ReasonExists, ReasonNotFound, TooManyReasons
from gamedesk_sales.model.lost_reasons import LostReason
from gamedesk_sales.repository import lost_reasons as repository

# More than anyone chooses from; deactivated ones do not count.
MOST_REASONS = 100


def create_reason(tx: Connection, name: str, needs_note: bool) -> Outcome:
    """Raises ReasonExists, TooManyReasons."""
    repository.lock_all(tx)
    _require_room(tx)
    _require_free_name(tx, name)
    moment = now()
    reason = LostReason(
        reason_id=new_id(),
        name=name,
        needs_note=needs_note,
        active=True,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    repository.insert_reason(tx, reason)
    return Outcome(str(reason.reason_id))


def edit_reason(tx: Connection, reason_id: UUID, expected_version: int, changes: dict[str, Any]) -> None:
    """Rename, deactivate, or ask for a note; past touches show the new name.

    `changes` are fields of LostReason. Raises ReasonNotFound, StaleVersion, ReasonExists, TooManyReasons.
    """
    repository.lock_all(tx)
    reason = repository.lock(tx, reason_id)
    if reason is None:
        raise ReasonNotFound()
    if reason.version != expected_version:
        raise StaleVersion()
    edited = replace(reason, **changes, version=reason.version + 1, updated_at=now())
    if edited.active and not reason.active:
        _require_room(tx)
    if edited.name != reason.name:
        _require_free_name(tx, edited.name)
    repository.save(tx, edited)


def _require_room(tx: Connection) -> None:
    if repository.count_active(tx) >= MOST_REASONS:
        raise TooManyReasons(f"There are {MOST_REASONS} already; deactivate one that is not used any more.")


def _require_free_name(tx: Connection, name: str) -> None:
    if repository.id_of_name(tx, name) is not None:
        raise ReasonExists("Choose another name.", pointer="/name")
