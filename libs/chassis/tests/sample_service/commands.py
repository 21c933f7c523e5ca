"""Use cases: what is done to things, and what follows from hearing about it."""

from __future__ import annotations

from gamedesk_chassis import outbox
from gamedesk_chassis.copies import upsert_if_newer
from gamedesk_chassis.events import Event
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from sample_service.tables import copies, effects, things

CHANGED = "things.thing.changed.v1"
PAGE = 10


def paint(tx: Connection, thing_id: str, colour: str) -> int:
    """Create the thing or give it another colour; returns its version."""
    new = insert(things).values(thing_id=thing_id, colour=colour, version=1)
    statement = new.on_conflict_do_update(
        index_elements=["thing_id"], set_={"colour": colour, "version": things.c.version + 1}
    )
    version = tx.execute(statement.returning(things.c.version)).scalar_one()
    publish(tx, thing_id, colour, version)
    return version


def publish(tx: Connection, thing_id: str, colour: str, version: int, *, republication: bool = False) -> None:
    outbox.append(
        tx,
        type=CHANGED,
        aggregate_id=thing_id,
        version=version,
        data={"thing_id": thing_id, "colour": colour},
        source="/things",
        republication=republication,
    )


def republish(tx: Connection, after: str | None) -> str | None:
    page = tx.execute(select(things).where(things.c.thing_id > (after or "")).order_by("thing_id").limit(PAGE)).all()
    for thing in page:
        publish(tx, thing.thing_id, thing.colour, thing.version, republication=True)
    return page[-1].thing_id if page else None


def mirror(tx: Connection, event: Event) -> None:
    colour = event.data["colour"]
    if colour == "unthinkable":
        raise ValueError("nobody can think of that")
    key, values = {"thing_id": event.subject}, {"colour": colour}
    upsert_if_newer(tx, copies, key, values, event.aggregateversion, allow_equal=event.republication)
    new = insert(effects).values(event_id=str(event.id), times=1)
    again = {"times": effects.c.times + 1}
    tx.execute(new.on_conflict_do_update(index_elements=["event_id"], set_=again))
