"""Whether a caller has been deactivated, asked of the database at most every few seconds a caller."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection

from gamedesk_chassis.database import Database


class ActiveCallers:
    """`lookup(tx, caller_id)` answers True, False, or None for a caller this service has not heard of yet.

    An unknown caller passes: his token is signed, and the event that names him may still be on its way.
    """

    def __init__(
        self, database: Database, lookup: Callable[[Connection, str], bool | None], seconds: float = 5.0
    ) -> None:
        self._database, self._lookup, self._seconds = database, lookup, seconds
        self._known: dict[str, tuple[float, bool]] = {}

    def __call__(self, caller_id: str) -> bool:
        asked, active = self._known.get(caller_id, (0.0, True))
        if time.monotonic() - asked > self._seconds:
            active = self._database.transact(self._lookup, caller_id) is not False
            self._known[caller_id] = (time.monotonic(), active)
        return active
