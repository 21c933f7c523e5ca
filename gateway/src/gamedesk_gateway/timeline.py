"""One timeline of everything about a player (B10), of what three services recorded.

All of it is named by ids that are made in the order of time (UUIDv7), so that one id is a place in all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Upstream

Entry = dict[str, Any]


@dataclass(frozen=True)
class _Source:
    """Where a service's part is read, and how an entry of it reads in the timeline."""

    service: str
    target: Callable[[str, str], str]  # player id, query → target
    item: Callable[[Entry], Entry]


def _history(entry: Entry) -> Entry:
    return {"id": entry["history_id"], "kind": entry["kind"], "agent_id": entry["agent_id"], "data": entry}


def _ticket_entry(entry: Entry) -> Entry:
    return {"id": entry["entry_id"], "kind": entry["kind"], "agent_id": entry["agent_id"], "data": entry}


# What sales records, and which of its members names the agent; a game's delivery is nobody's.
_BY_WHOM = {"touch": "agent_id", "order": "seller_agent_id", "quote": "agent_id", "refund": "refunded_by"}


def _record(entry: Entry) -> Entry:
    kind = entry["kind"]
    data = entry[kind]
    return {"id": entry["record_id"], "kind": kind, "agent_id": data.get(_BY_WHOM.get(kind)), "data": data}


_SOURCES = (
    _Source("players", lambda player_id, query: f"/players/{player_id}/history?{query}", _history),
    _Source("tickets", lambda player_id, query: f"/player-entries?player_id={player_id}&{query}", _ticket_entry),
    _Source("sales", lambda player_id, query: f"/player-records?player_id={player_id}&{query}", _record),
)


class Timelines:
    """`deadline`: seconds that a page may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline

    async def page(self, caller: Caller, player_id: str, before: str | None, limit: int) -> dict[str, Any]:
        """The newest `limit` entries recorded before the one called `before`. Refused if there is no such player."""
        reader = Reader(self._upstreams, self._memory, caller, self._deadline)
        query = urlencode({"limit": limit} | ({"before": before} if before else {}))
        parts = await asyncio.gather(*(reader.read(s.service, s.target(player_id, query)) for s in _SOURCES))
        reader.heed_refusals(parts[0])
        found = [item for source, part in zip(_SOURCES, parts, strict=True) for item in _items(source, part)]
        found.sort(key=lambda item: item["id"], reverse=True)
        is_last = len(found) <= limit and all(len(part.items) < limit for part in parts)
        return {
            "player_id": player_id,
            "items": found[:limit],
            "next_before": None if is_last else found[:limit][-1]["id"],
            "sources": {s.service: part.source() for s, part in zip(_SOURCES, parts, strict=True)},
        }


def _items(source: _Source, part: Part) -> list[Entry]:
    return [
        {
            **source.item(entry),
            "source": source.service,
            "player_id": entry["player_id"],
            "happened_at": entry["happened_at"],
        }
        for entry in part.items
    ]
