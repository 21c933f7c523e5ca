"""Valid requests about what a service could not handle, which each service but players has alike."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.inbox import DEAD_LETTER
from sqlalchemy import insert

from tests.access.world import PEOPLE, Call, World

_TYPE = "players.agent.updated.v1"


def requests_of(unit: str) -> dict[str, Any]:
    def replay(world: World, whose: str, by: str) -> Call:
        return Call({"letter_id": _dead_letter(world, unit)})

    return {"list_dead_letters": lambda *_: Call(), "replay_dead_letter": replay}


def _dead_letter(world: World, unit: str) -> int:
    """An event that the service could handle, were it asked once more; about an agent it knows better."""
    role, team = PEOPLE["KF013"]
    data = {"agent_id": "KF013", "role": role, "team": team, "active": True}
    common = {"type": _TYPE, "subject": "KF013", "data": data, "aggregateversion": 1, "republication": True}
    event = Event(id=new_id(), source="/players", time=datetime.now(UTC), **common)
    listeners = importlib.import_module(f"gamedesk_{unit}.__main__").SERVICE.listeners
    consumer = next(name for name, handlers in listeners.items() if _TYPE in handlers)
    row = {"consumer": consumer, "event_id": event.id, "subject": _TYPE, "payload": event.to_bytes(), "error": "x"}
    with world.databases[unit].begin() as tx:
        return tx.execute(insert(DEAD_LETTER).values(row).returning(DEAD_LETTER.c.id)).scalar_one()
