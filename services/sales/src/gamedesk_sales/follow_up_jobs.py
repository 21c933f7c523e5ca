"""Reminding of follow-ups, by the clock."""

from __future__ import annotations

from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database

from gamedesk_sales import events
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.repository import follow_ups, recovery_proposals

_BATCH = 200


def remind(database: Database) -> int:
    """Say of every follow-up and every taken proposal, once, that its day has begun in Shanghai; how many."""
    today, said = business_day(now()), 0
    for claim_due in (follow_ups.claim_due, recovery_proposals.claim_due):
        claimed = _BATCH
        while claimed == _BATCH:
            with database.begin() as tx:
                reminders = claim_due(tx, today, _BATCH)
                for reminder in reminders:
                    events.follow_up_due(tx, reminder)
            claimed = len(reminders)
            said += claimed
    return said
