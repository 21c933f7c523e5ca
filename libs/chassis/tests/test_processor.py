from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from gamedesk_chassis import dead_letters, deadlines, inbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.copies import upsert_if_newer
from gamedesk_chassis.database import Database, will_pass
from gamedesk_chassis.events import Event
from gamedesk_chassis.inbox import DEAD_LETTER, INBOX
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_chassis.tracing import current_traceparent, new_traceparent, trace_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

CHANGED = "s.thing.changed.v1"
DONE, LATER = Verdict.DONE, Verdict.LATER


def event(thing_id: str = "a", version: int = 1, colour: str = "red", **other: Any) -> Event:
    fields = {"type": CHANGED, "source": "/s", "time": datetime(2026, 11, 22, tzinfo=UTC), "id": uuid4()} | other
    return Event(subject=thing_id, aggregateversion=version, data={"colour": colour}, **fields)


def deliver(*events: Event) -> list[Delivery]:
    return [Delivery(e.type, e.to_bytes(), str(e.id)) for e in events]


class Effects:
    """A listener: keeps a copy, and counts its handling of each event."""

    def __init__(self, things: Table) -> None:
        self.things = things

    def changed(self, tx: Connection, event: Event) -> None:
        if event.data["colour"] == "unthinkable":
            raise KeyError("colour")
        values = {"colour": event.data["colour"]}
        key, newest = {"thing_id": event.subject}, event.aggregateversion
        upsert_if_newer(tx, self.things, key, values, newest, allow_equal=event.republication)
        counter = {"thing_id": f"count-{event.id}"}
        if not tx.execute(
            update(self.things).where(self.things.c.thing_id == counter["thing_id"]).values(version=99)
        ).rowcount:
            tx.execute(insert(self.things).values(**counter, colour="count", version=1))


@pytest.fixture
def processor(database: Database, things: Table) -> Processor:
    return Processor(database, "x-s", {CHANGED: Effects(things).changed})


def copies(database: Database, things: Table) -> dict[str, tuple[str, int]]:
    with database.begin() as tx:
        rows = tx.execute(select(things).where(things.c.colour != "count")).all()
    return {row.thing_id: (row.colour, row.version) for row in rows}


def counts(database: Database, things: Table) -> list[int]:
    with database.begin() as tx:
        return list(tx.execute(select(things.c.version).where(things.c.colour == "count")).scalars())


def size(database: Database, table: Table) -> int:
    with database.begin() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def history() -> list[Event]:
    """Three aggregates, four versions each, and a republication of the last."""
    events = [event(thing, v, f"colour-{v}") for thing in "abc" for v in range(1, 5)]
    return [*events, *(event(thing, 4, "colour-4", republication=True) for thing in "abc")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_duplicates_and_reordering_give_the_same_copies_and_one_effect_each__I4_I5_I10(
    data: st.DataObject, database: Database, things: Table, processor: Processor
) -> None:
    with database.begin() as tx:
        tx.execute(delete(things))
        tx.execute(delete(INBOX))
    events = history()
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=15))
    order = data.draw(st.permutations([*events, *repeats]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=6)))
    highest: dict[str, int] = {}
    for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        assert set(processor.process(deliver(*order[start:end]))) == {DONE}
        for thing, (_, version) in copies(database, things).items():
            assert version >= highest.get(thing, 0)
            highest[thing] = version
    assert copies(database, things) == dict.fromkeys("abc", ("colour-4", 4))
    assert counts(database, things) == [1] * len(events)


def test_poison_goes_to_the_dead_letters_and_nothing_else_does__I9(
    database: Database, things: Table, processor: Processor
) -> None:
    good = [event("a", 1), event("b", 1), event("c", 1)]
    unthinkable = event("d", 1, "unthinkable")
    broken = [
        Delivery(CHANGED, b"{", str(uuid4())),
        Delivery(CHANGED, b"\xff\x00", None),
        Delivery(CHANGED, good[0].to_bytes().replace(b'"aggregateversion":1', b'"aggregateversion":"1"'), None),
    ]
    batch = [*deliver(*good[:2]), *broken[:2], *deliver(unthinkable, good[2]), broken[2]]
    assert processor.process(batch) == [DONE] * len(batch)
    assert processor.process(batch) == [DONE] * len(batch)
    assert set(copies(database, things)) == {"a", "b", "c"}
    with database.begin() as tx:
        letters = tx.execute(select(DEAD_LETTER).order_by(DEAD_LETTER.c.id)).all()
    assert [bytes(letter.payload) for letter in letters] == [
        broken[0].payload,
        broken[1].payload,
        unthinkable.to_bytes(),
        broken[2].payload,
    ]
    assert letters[0].event_id == UUID(broken[0].message_id or "")
    assert letters[2].error == "KeyError"


def test_failed_handler_leaves_nothing_behind(database: Database, things: Table) -> None:
    def half(tx: Connection, event: Event) -> None:
        tx.execute(insert(things).values(thing_id=event.subject, colour="half", version=1))
        raise ValueError(event.subject)

    assert Processor(database, "x-s", {CHANGED: half}).process(deliver(event("a"))) == [DONE]
    assert copies(database, things) == {}
    assert size(database, DEAD_LETTER) == 1


def test_unprintable_poison_is_buried_too(database: Database) -> None:
    def fail(_tx: Connection, _event: Event) -> None:
        raise ValueError("\0 \ud800 " + "x" * 2000)

    deliveries = [Delivery("s." * 100, event().to_bytes(), None)]
    assert Processor(database, "x-s", {CHANGED: fail}).process(deliveries) == [DONE]
    assert size(database, DEAD_LETTER) == 1


def test_passing_trouble_of_the_database_puts_off_and_buries_nothing(
    database: Database, database_url: str, fresh_database: Any, things: Table
) -> None:
    troubled = True
    effects = Effects(things)

    def changed(tx: Connection, event: Event) -> None:
        if troubled and event.subject == "b":
            fresh_database.terminate_connections(database_url)
        effects.changed(tx, event)

    processor = Processor(database, "x-s", {CHANGED: changed})
    batch = deliver(event("a"), event("b"), event("c"))
    assert processor.process(batch) == [DONE, LATER, DONE]
    troubled = False
    assert processor.process(batch) == [DONE, DONE, DONE]
    assert set(copies(database, things)) == {"a", "b", "c"}
    assert size(database, DEAD_LETTER) == 0
    assert counts(database, things) == [1, 1, 1]


def test_what_a_migration_has_yet_to_bring_puts_off(database: Database) -> None:
    def changed(tx: Connection, _event: Event) -> None:
        tx.execute(text("SELECT * FROM not_made_yet"))

    assert Processor(database, "x-s", {CHANGED: changed}).process(deliver(event())) == [LATER]
    assert size(database, DEAD_LETTER) == 0


@pytest.mark.parametrize("trouble", ["SET statement_timeout = 1; SELECT pg_sleep(1)", "SET lock_timeout = 1"])
def test_timeouts_put_off(database: Database, things: Table, trouble: str) -> None:
    def changed(tx: Connection, event: Event) -> None:
        tx.execute(text(trouble))
        tx.execute(select(things).with_for_update())

    with database.begin() as tx:
        tx.execute(insert(things).values(thing_id="a", colour="red", version=1))
    with database.begin() as holder:
        holder.execute(select(things).with_for_update())
        assert Processor(database, "x-s", {CHANGED: changed}).process(deliver(event())) == [LATER]
    assert size(database, DEAD_LETTER) == 0


def test_database_that_is_away_puts_everything_off(database: Database, things: Table) -> None:
    away = Database(str(database.engine.url.set(database="nowhere", password="x")))
    processor = Processor(away, "x-s", {CHANGED: Effects(things).changed})
    assert processor.process(deliver(event("a"), event("b"))) == [LATER, LATER]
    away.dispose()


def test_unknown_type_is_acknowledged_and_forgotten(database: Database, processor: Processor) -> None:
    assert processor.process(deliver(event(type="s.other.v1"), event("a"))) == [DONE, DONE]
    assert size(database, DEAD_LETTER) == 0
    assert size(database, INBOX) == 1


def test_each_consumer_has_its_own_inbox(database: Database, things: Table, processor: Processor) -> None:
    seen: list[UUID] = []

    def note(_tx: Connection, event: Event) -> None:
        seen.append(event.id)

    one = event("a")
    processor.process(deliver(one))
    Processor(database, "y-s", {CHANGED: note}).process(deliver(one))
    assert seen == [one.id]


def test_handler_works_in_the_events_trace(database: Database) -> None:
    traces: list[str | None] = []

    def note(_tx: Connection, _event: Event) -> None:
        traces.append(trace_id(current_traceparent()))

    parent = new_traceparent()
    Processor(database, "x-s", {CHANGED: note}).process(deliver(event(traceparent=parent)))
    assert traces == [trace_id(parent)]
    assert current_traceparent() is None


def test_replayed_dead_letter_has_its_effect_once(database: Database, things: Table) -> None:
    broken = True
    effects = Effects(things)

    def changed(tx: Connection, event: Event) -> None:
        if broken:
            raise LookupError
        effects.changed(tx, event)

    listeners = {"x-s": {CHANGED: changed}}
    Processor(database, "x-s", listeners["x-s"]).process(deliver(event("a", 3)))
    letter = database.transact(dead_letters.waiting)[0]
    with pytest.raises(LookupError):
        database.transact(dead_letters.replay, letter.id, listeners)
    broken = False
    database.transact(dead_letters.replay, letter.id, listeners)
    with pytest.raises(dead_letters.NotWaiting):
        database.transact(dead_letters.replay, letter.id, listeners)
    assert copies(database, things) == {"a": ("red", 3)}
    assert database.transact(dead_letters.waiting) == []


def test_trouble_that_passes_is_not_called_a_letter_that_fails_again(
    database: Database, database_url: str, fresh_database: Any
) -> None:
    """What was lost may have been done, or not been looked at: it is a 503, and never a refusal."""
    with database.begin() as tx:
        inbox.bury(tx, "x-s", uuid4(), CHANGED, event().to_bytes(), "?")

    def replayed_by(trouble: Callable[[Connection], object]) -> None:
        def changed(tx: Connection, _event: Event) -> None:
            trouble(tx)
            tx.execute(text("SELECT 1"))

        dead_letters.replay_for_caller(database, 1, {"x-s": {CHANGED: changed}})

    for passing in (
        lambda _tx: fresh_database.terminate_connections(database_url),
        lambda tx: tx.execute(text("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")),
    ):
        with pytest.raises(DBAPIError) as lost:
            replayed_by(passing)
        assert will_pass(lost.value)
    deadlines.begin("0")
    try:
        with pytest.raises(deadlines.TooLate):
            replayed_by(lambda _tx: None)
    finally:
        deadlines.begin(None)
    with pytest.raises(dead_letters.FailsAgain):
        replayed_by(lambda tx: tx.execute(text("SELECT 1 / 0")))
    with pytest.raises(dead_letters.NoSuchLetter):
        dead_letters.replay_for_caller(database, 2, {})
    assert len(database.transact(dead_letters.waiting)) == 1


@pytest.mark.parametrize("listeners", [{}, {"x-s": {}}])
def test_dead_letter_that_nothing_handles_cannot_be_replayed(
    database: Database, listeners: dict[str, dict[str, Callable[..., None]]]
) -> None:
    with database.begin() as tx:
        inbox.bury(tx, "x-s", uuid4(), CHANGED, event().to_bytes(), "?")
    with pytest.raises(dead_letters.CannotReplay):
        database.transact(dead_letters.replay, 1, listeners)


def test_purge_forgets_what_cannot_come_again(database: Database) -> None:
    letters: Sequence[UUID] = [uuid4(), uuid4()]
    old = now() - timedelta(days=16)
    with database.begin() as tx:
        for letter in letters:
            inbox.bury(tx, "x-s", letter, CHANGED, b"", "?")
        inbox.accept(tx, "x-s", [uuid4()])
        tx.execute(update(INBOX).where(INBOX.c.event_id.in_(letters)).values(received_at=old))
        tx.execute(update(DEAD_LETTER).where(DEAD_LETTER.c.event_id == letters[0]).values(replayed_at=old))
    assert database.transact(inbox.purge, now() - timedelta(days=15)) == 3
    assert database.transact(inbox.purge, now() - timedelta(days=15)) == 0
    assert size(database, INBOX) == 1
    assert size(database, DEAD_LETTER) == 1


def test_error_texts_hold_no_parameters(database: Database, things: Table) -> None:
    """They may be personal, and errors are logged."""
    row = {"thing_id": "13800138000", "colour": "red", "version": 1}
    with pytest.raises(IntegrityError) as refused, database.begin() as tx:
        tx.execute(insert(things).values([row, row]))
    assert "parameters hidden" in str(refused.value)
