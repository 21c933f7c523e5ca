"""What the worker does for incidents: answers get to their tickets, a few in each transaction."""

from __future__ import annotations

from gamedesk_chassis.database import Database

from gamedesk_tickets.commands.incidents import answer_next

_CHUNK = 10


def answer_all(database: Database) -> None:
    """Until no ticket is left that is not another worker's."""
    while database.transact(answer_next, _CHUNK):
        pass
