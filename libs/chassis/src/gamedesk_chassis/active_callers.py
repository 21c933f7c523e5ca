"""What this service itself knows about a caller, asked of the database at most every few seconds a caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import NotAuthenticated
from gamedesk_chassis.principal import Principal

_RANKS = {"agent": 1, "lead": 2, "admin": 3}


@dataclass(frozen=True)
class Standing:
    """A caller as this service knows him; `role` is one of agent, lead, admin."""

    active: bool
    role: str
    team: str


class ActiveCallers:
    """`lookup(tx, caller_id)` answers a Standing, or None for a caller this service has not heard of yet.

    An unknown caller passes: his token is signed, and the event that names him may still be on its way.
    """

    def __init__(
        self, database: Database, lookup: Callable[[Connection, str], Standing | None], seconds: float = 5.0
    ) -> None:
        self._database, self._lookup, self._seconds = database, lookup, seconds
        self._known: dict[str, tuple[float, Standing | None]] = {}

    def __call__(self, caller: Principal) -> Principal:
        """The caller with no more rights than both his token and this service grant him.

        Token and knowledge are each late in their own way: the lower role counts, and a team only if they agree
        on it. Raises NotAuthenticated for a deactivated caller.
        """
        standing = self._standing(caller.id)
        if standing is None:
            return caller
        if not standing.active:
            raise NotAuthenticated("This account is deactivated.")
        role = min(caller.role, standing.role, key=lambda role: _RANKS.get(role, 0))
        return replace(caller, role=role, team=caller.team if caller.team == standing.team else None)

    def _standing(self, caller_id: str) -> Standing | None:
        asked, standing = self._known.get(caller_id, (0.0, None))
        if time.monotonic() - asked > self._seconds:
            standing = self._database.read(self._lookup, caller_id)
            self._known[caller_id] = (time.monotonic(), standing)
        return standing
