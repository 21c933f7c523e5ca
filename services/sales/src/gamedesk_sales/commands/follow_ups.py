"""Putting a follow-up off to another day (R18)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.selling import require_seller
from gamedesk_sales.commands.touches import known_player
from gamedesk_sales.errors import FollowUpDone, FollowUpNotFound, FollowUpNotPossible
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.repository import follow_ups as repository


def postpone_follow_up(
    tx: Connection, caller: Principal, touch_id: UUID, expected_version: int, due_on: date, reason: str | None
) -> None:
    """Raises FollowUpNotFound, NotYourPlayer, StaleVersion, FollowUpDone, FollowUpNotPossible."""
    found = repository.get(tx, touch_id)
    if found is None:
        raise FollowUpNotFound()
    moment = now()
    require_seller(tx, caller, known_player(tx, found.touch.player_id), moment)  # the lock that touches take
    follow_up = repository.lock(tx, touch_id)
    assert follow_up is not None, "follow-ups are never deleted"
    if follow_up.version != expected_version:
        raise StaleVersion()
    if follow_up.closed_by is not None:
        raise FollowUpDone("Record a new contact with a new day.")
    today = require_day_ahead(due_on)
    reminded = today if due_on == today else None
    repository.postpone(tx, touch_id, due_on, by=caller.id, at=moment, reason=reason, reminded_on=reminded)
    events.follow_up_changed(tx, found.touch.player_id, caller.id, touch_id=touch_id)


def require_day_ahead(due_on: date) -> date:
    """Returns today. Raises FollowUpNotPossible."""
    today = business_day(now())
    if due_on < today:
        raise FollowUpNotPossible("Choose today or a later day.", pointer="/due_on")
    return today
