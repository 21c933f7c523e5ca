"""Something that a listener could not handle, and can now: the same of each that listens to players."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gamedesk_chassis import inbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from sqlalchemy import select

from tests.access.world import Call, World

AGENT_UPDATED = "players.agent.updated.v1"
AGENT = {"agent_id": "KF900", "role": "agent", "team": "Z", "active": False}


def of_a_letter(unit: str) -> Callable[[World, str, str], Call]:
    def make(world: World, _whose: str, _by: str) -> Call:
        event: dict[str, Any] = {"source": "/players", "type": AGENT_UPDATED, "subject": AGENT["agent_id"]}
        said = Event(id=new_id(), time=now(), aggregateversion=1, data=AGENT, **event)
        with world.databases[unit].begin() as tx:
            inbox.bury(tx, f"{unit}-players", said.id, said.type, said.to_bytes(), "KeyError")
            this = inbox.DEAD_LETTER.c.event_id == said.id
            return Call({"letter_id": tx.execute(select(inbox.DEAD_LETTER.c.id).where(this)).scalar_one()})

    return make
