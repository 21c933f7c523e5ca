"""What the checks look at, all of it read past the faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg

from tests.faults.harness.ledger import Write

LONGEST_LIST = 5  # of what a finding names

Aggregate = tuple[str, str, str]  # table, column of the id, column (or number) of the version

# What each service owns and publishes; the events of other types are said once and have no state.
OWNED: dict[str, list[Aggregate]] = {
    "players": [
        ("players", "player_id", "version"),
        ("profiles", "profile_id", "version"),
        ("agents", "agent_id", "version"),
    ],
    "tickets": [("tickets", "ticket_id", "revision")],
    "sales": [("touches", "touch_id", "1"), ("orders", "order_id", "version"), ("quotes", "quote_id", "version")],
    "catalog": [
        ("items", "item_id", "version"),
        ("packs", "pack_id", "version"),
        ("campaigns", "campaign_id", "version"),
    ],
}
SAID_ONCE = (
    *("sales.follow_up.due.v1", "sales.follow_up.changed.v1", "sales.sell_safe.changed.v1"),
    *("players.digest.computed.v1", "tickets.digest.computed.v1", "catalog.digest.computed.v1"),
)


@dataclass(frozen=True)
class Published:
    """An event as it lies in a stream."""

    stream: str
    event_id: str
    subject: str


@dataclass
class Evidence:
    """The databases at rest, and what the world outside knows.

    `databases`: service → address for a superuser. `published`: everything in the streams, None where they were not
    read. `listens`: durable consumer → (its service, the types it takes). `poison`: the events planted, consumers →
    event ids. `grants`: what each game says it gave, one entry for each time. `streams_lost`: NATS lost or forgot what
    it had acknowledged.
    """

    databases: Mapping[str, str]
    writes: Sequence[Write] = ()
    published: Sequence[Published] | None = None
    listens: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    poison: Mapping[str, set[UUID]] = field(default_factory=dict)
    grants: Sequence[Mapping[str, Any]] | None = None
    streams_lost: bool = False
    _open: dict[str, psycopg.Connection] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for connection in self._open.values():
            connection.close()

    def rows(self, service: str, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a query of a service's database finds."""
        if service not in self._open:
            url = self.databases[service].replace("+psycopg", "")
            self._open[service] = psycopg.connect(url, autocommit=True)
        return self._open[service].execute(query.encode(), parameters or None).fetchall()


def named(what: str, ids: Sequence[Any]) -> list[str]:
    """One finding about these, with the first of them; none when there are none."""
    if not ids:
        return []
    shown = ", ".join(str(one) for one in ids[:LONGEST_LIST])
    more = f" and {len(ids) - LONGEST_LIST} more" if len(ids) > LONGEST_LIST else ""
    return [f"{what}: {shown}{more}"]
