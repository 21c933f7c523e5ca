"""What the worker does for incidents: answers get to their tickets, each in a transaction of its own."""

from __future__ import annotations

from typing import Any

import structlog
from gamedesk_chassis.database import Database, will_pass
from sqlalchemy import Row

from gamedesk_tickets.commands.incidents import answer_ticket, give_up
from gamedesk_tickets.repository import incidents

log = structlog.get_logger(__name__)

_AT_ONCE = 10
_ROUNDS = 20  # of one run: a worker that is to stop finishes its run first
_MOST_ATTEMPTS = 5


def answer_all(database: Database) -> None:
    """Until no ticket is left that is not another worker's, or a run has done its part.

    One that fails keeps none from its turn: it is tried again when its lease is over, and given up in the end, unless
    it was the database that failed: that is tried for as long as it takes.
    """
    for _ in range(_ROUNDS):
        claimed = database.transact(incidents.claim_waiting, _AT_ONCE)
        for row in claimed:
            _try(database, row)
        if len(claimed) < _AT_ONCE:
            return


def _try(database: Database, row: Row[Any]) -> None:
    try:
        database.transact(answer_ticket, row)
    except Exception as error:
        passes = will_pass(error)  # it says nothing about the ticket
        ids = {"answer_id": str(row.answer_id), "ticket_id": str(row.ticket_id)}
        log.warning("incident_answer_failed", **ids, attempt=row.attempts, error=type(error).__name__, passes=passes)
        if passes:
            database.transact(incidents.uncount, row)
        elif row.attempts >= _MOST_ATTEMPTS:
            database.transact(give_up, row)
