from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import CONFIRMED, Copied, Owned, compared, differences, purge, say_all, to_ask
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import jump_ahead
from gamedesk_chassis.outbox import OUTBOX
from prometheus_client import REGISTRY
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, delete, select, text, update

KEYS = ["a", "B", "c", "ä", "D", "e", "f"]


@pytest.fixture
def kind(things: Table) -> Owned:
    return Owned("thing", lambda _tx, _after: None, things)


@pytest.fixture
def copies(database: Database) -> Table:
    """Copies that are equal to the owner's seven things."""
    table = Table("mirrored", MetaData(), Column("thing_id", String(64), primary_key=True), Column("version", Integer))
    with database.begin() as tx:
        tx.execute(text("INSERT INTO things SELECT unnest(CAST(:keys AS text[])), 'red', 3"), {"keys": KEYS})
        tx.execute(text("CREATE TABLE mirrored AS SELECT thing_id, version FROM things"))
    return table


@pytest.fixture
def compare(database: Database, kind: Owned, copies: Table, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say digests of all things, in ranges of three, and let the listener compare; returns the ranges' data."""
    monkeypatch.setattr("gamedesk_chassis.digests.RANGE_ROWS", 3)
    (handle,) = compared("owner", "c", [Copied("thing", copies)]).values()

    def run(*, behind_republications: bool = False) -> list[dict[str, Any]]:
        say_all(database, "owner", [kind], behind_republications=behind_republications)
        with database.begin() as tx:
            events = said(tx)
            for event in events:
                handle(tx, event)
            tx.execute(delete(OUTBOX))
        return [event.data for event in events]

    return run


def said(tx: Any) -> list[Event]:
    return [outbox.to_event(row) for row in tx.execute(select(OUTBOX).order_by(OUTBOX.c.id))]


def passed_by() -> float:
    return REGISTRY.get_sample_value("gamedesk_digests_passed_by_total", {"consumer": "c"}) or 0.0


def later(database: Database, seconds: int = 60) -> None:
    """So long ago differences were seen, and their owner was asked."""
    ago = "last_seen_at = last_seen_at - :ago, asked_at = asked_at - :ago"
    with database.begin() as tx:
        tx.execute(text(f"UPDATE copy_difference SET {ago}"), {"ago": timedelta(seconds=seconds)})


def seen(database: Database) -> dict[str, tuple[int, int, int]]:
    with database.begin() as tx:
        rows = tx.execute(text("SELECT after_key, seen, owner_count, copy_count FROM copy_difference"))
        return {row[0]: tuple(row[1:]) for row in rows}


def test_ranges_hold_everything_once_in_the_order_of_bytes__I6(database: Database, compare: Any) -> None:
    ranges = compare()
    assert [(r["after"], r["until"], r["count"]) for r in ranges] == [(None, "a", 3), ("a", "f", 3), ("f", None, 1)]
    assert seen(database) == {}


def test_ends_are_found_when_rows_just_fill_a_range(database: Database, compare: Any, things: Table) -> None:
    with database.begin() as tx:
        tx.execute(delete(things).where(things.c.thing_id == "ä"))
    assert [(r["after"], r["until"], r["count"]) for r in compare()] == [(None, "a", 3), ("a", None, 3)]


@pytest.mark.parametrize(
    ("harm", "counts"),
    [
        ("UPDATE mirrored SET version = 2 WHERE thing_id = 'c'", (1, 3, 3)),
        ("DELETE FROM mirrored WHERE thing_id = 'e'", (1, 3, 2)),
        ("INSERT INTO mirrored VALUES ('d', 1)", (1, 3, 4)),
        ("UPDATE mirrored SET version = 4 WHERE thing_id IN ('c', 'e')", (1, 3, 3)),
    ],
)
def test_what_differs_is_found_in_its_range__I6(
    database: Database, compare: Any, harm: str, counts: tuple[int, int, int]
) -> None:
    with database.begin() as tx:
        tx.execute(text(harm))
    compare()
    assert seen(database) == {"a": counts}


def test_nothing_left_differs_too(database: Database, compare: Any, copies: Table) -> None:
    with database.begin() as tx:
        tx.execute(delete(copies))
    compare()
    assert {key: row[2] for key, row in seen(database).items()} == {"": 0, "a": 0, "f": 0}


def test_a_difference_counts_when_it_was_seen_three_times_and_goes_when_it_is_gone(
    database: Database, compare: Any, copies: Table
) -> None:
    with database.begin() as tx:
        tx.execute(update(copies).where(copies.c.thing_id == "c").values(version=9))
    for times in range(1, CONFIRMED + 1):
        with database.begin() as tx:
            assert differences(tx) == []
        compare()
        compare()  # another listener wanted it just now: that is no second look
        assert seen(database)["a"][0] == times
        later(database)
    with database.begin() as tx:
        (found,) = differences(tx)
        assert (found.kind, found.after_key, found.until_key) == ("thing", "a", "f")
        tx.execute(update(copies).values(version=3))
    compare()
    assert seen(database) == {}


def test_an_owner_is_asked_at_intervals_and_in_the_end_no_more(database: Database, compare: Any, copies: Table) -> None:
    with database.begin() as tx:
        tx.execute(delete(copies).where(copies.c.thing_id == "c"))
    asked = 0
    for _ in range(10):
        compare(behind_republications=True)
        with database.begin() as tx:
            asked += len(to_ask(tx))
            assert to_ask(tx) == []  # just asked
        later(database)
    assert asked == 5


def test_an_owner_who_is_silent_is_asked_with_growing_pauses(
    database: Database, compare: Any, copies: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, passed = now(), timedelta()
    monkeypatch.setattr("gamedesk_chassis.digests._now", lambda _tx: began + passed)
    with database.begin() as tx:
        tx.execute(delete(copies).where(copies.c.thing_id == "c"))
    compare()
    asked_after = []
    for second in range(120):
        passed = timedelta(seconds=second)
        with database.begin() as tx:
            asked_after += [second] * len(to_ask(tx))
    assert asked_after == [0, 4, 9, 19, 39, 70, 101]  # a pause is over when more than so much has gone by
    compare()  # he is back
    passed += timedelta(seconds=4)
    with database.begin() as tx:
        assert len(to_ask(tx)) == 1


def test_digests_that_overtake_a_repair_do_not_count_against_it__I6(
    database: Database, compare: Any, copies: Table
) -> None:
    with database.begin() as tx:
        tx.execute(delete(copies).where(copies.c.thing_id == "c"))
    for _ in range(CONFIRMED + 5):  # another listener asks for them
        compare()
        later(database)
    assert seen(database)["a"][0] == CONFIRMED
    with database.begin() as tx:
        (row,) = to_ask(tx)
        assert row.seen == CONFIRMED  # what is asked for is a repair
    compare(behind_republications=True)
    assert seen(database)["a"][0] == CONFIRMED + 1


def test_a_repair_that_did_not_help_is_tried_again_with_the_next_hours_digests__I6(
    database: Database, compare: Any, copies: Table
) -> None:
    with database.begin() as tx:
        tx.execute(delete(copies).where(copies.c.thing_id == "c"))
    for _ in range(CONFIRMED + 3):
        compare(behind_republications=True)
        later(database)
    compare()
    with database.begin() as tx:
        assert to_ask(tx) == []
    later(database, seconds=30 * 60)
    compare()
    with database.begin() as tx:
        (row,) = to_ask(tx)
        assert row.seen == CONFIRMED


def test_digests_that_have_waited_long_are_not_compared(database: Database, kind: Owned, copies: Table) -> None:
    (handle,) = compared("owner", "c", [Copied("thing", copies)]).values()
    before = passed_by()
    say_all(database, "owner", [kind])
    with database.begin() as tx:
        tx.execute(delete(copies))
        (event,) = said(tx)
        handle(tx, replace(event, time=now() - timedelta(minutes=11)))
    assert seen(database) == {}
    assert passed_by() == before + 1  # and not without a word
    with database.begin() as tx:
        handle(tx, event)
    assert list(seen(database)) == [""]


def test_a_worker_whose_clock_is_off_compares_all_the_same__I6(
    database: Database, kind: Owned, copies: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Ahead:
            return super().now(tz) + timedelta(hours=1)

    monkeypatch.setattr("gamedesk_chassis.clock.datetime", Ahead)
    (handle,) = compared("owner", "c", [Copied("thing", copies)]).values()
    say_all(database, "owner", [kind])
    with database.begin() as tx:
        tx.execute(delete(copies))
        (event,) = said(tx)
        handle(tx, event)
    assert list(seen(database)) == [""]
    with database.begin() as tx:
        assert len(to_ask(tx)) == 1
    monkeypatch.undo()
    later(database, seconds=10)
    with database.begin() as tx:
        assert len(to_ask(tx)) == 1  # the other worker's turn


def test_a_difference_that_nobody_has_seen_for_a_day_is_forgotten(
    database: Database, compare: Any, copies: Table
) -> None:
    with database.begin() as tx:
        tx.execute(delete(copies))
    compare()
    with database.begin() as tx:
        old = "UPDATE copy_difference SET last_seen_at = now() - interval '25 hours' WHERE after_key = 'a'"
        tx.execute(text(old))  # keys have gone, and ranges end elsewhere
        purge(tx, now() - timedelta(days=1))
    assert list(seen(database)) == ["", "f"]


def test_versions_count_from_the_base_of_a_restored_owner__I5(database: Database, compare: Any, copies: Table) -> None:
    base = database.transact(jump_ahead, "S")
    compare()
    assert len(seen(database)) == 3
    with database.begin() as tx:  # all was said again
        tx.execute(update(copies).values(version=base + 3))
    compare()
    assert seen(database) == {}


def test_ids_are_compared_as_the_database_orders_them(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_chassis.digests.RANGE_ROWS", 4)
    columns = Column("id", Uuid, primary_key=True), Column("version", Integer)
    table = Table("many", MetaData(), *columns)
    with database.begin() as tx:
        table.create(tx)
        tx.execute(text("INSERT INTO many SELECT uuidv7(), 1 FROM generate_series(1, 9)"))
    assert say_all(database, "owner", [Owned("many", lambda _tx, _after: None, table)]) == 3
    (handle,) = compared("owner", "c", [Copied("many", table)]).values()
    with database.begin() as tx:
        for event in said(tx):
            handle(tx, event)
    assert seen(database) == {}
