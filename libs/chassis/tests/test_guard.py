from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import StreamGuard, jump_ahead, say_again
from gamedesk_chassis.jobs import leadership
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.relay import NEVER, RELAY_MARK, Relay
from nats.aio.client import Client
from sqlalchemy import Connection, delete, func, select, update

PAGES: dict[str | None, str | None] = {None: "b", "b": "c", "c": None}


class Owner:
    """A made-up service that owns three things; republishing may be made to fail on a page."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.fails_after: str | None = ""
        self.meanwhile: Callable[[], None] | None = None

    def page(self, tx: Connection, after: str | None) -> str | None:
        if after == "b" and self.meanwhile:
            self.meanwhile()
        if after == self.fails_after:
            raise RuntimeError
        self.append(tx, after or "a", republication=True)
        return PAGES[after]

    def append(self, tx: Connection, thing_id: str, version: int = 1, *, republication: bool = False) -> None:
        outbox.append(
            tx,
            type=f"{self.stream}.changed",
            aggregate_id=thing_id,
            version=version,
            data={},
            source="/s",
            republication=republication,
        )


@pytest.fixture
def owner(stream: str) -> Owner:
    return Owner(stream)


@pytest.fixture
def guard(database: Database, nc: Client, background: Any, stream: str, owner: Owner) -> StreamGuard:
    return StreamGuard(database, nc.jetstream(), stream, [owner.page], background.loop, ())


@pytest.fixture
def publish(database: Database, nc: Client, background: Any, stream: str, owner: Owner) -> Callable[..., None]:
    """Append an event for each version of thing `a`, and let the relay publish one batch."""
    relay = Relay(database, nc, stream)

    def run(*versions: int) -> None:
        with database.begin() as tx:
            for version in versions:
                owner.append(tx, "a", version)
        relay._publish_batch(background.loop)

    return run


def republished(database: Database) -> int:
    with database.begin() as tx:
        return tx.execute(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.republication)).scalar_one()


def test_whole_stream_is_left_alone(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    publish(1, 2, 3)
    make_stream(nats_url, stream)  # migrating again changes nothing
    guard.check()
    assert republished(database) == 0


def test_younger_stream_is_filled_again_once__I6(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str, nc: Client,
    background: Any,
) -> None:  # fmt: skip
    make_stream(nats_url, stream)
    guard.check()
    publish(1, 2, 3)
    background.run(nc.jetstream().delete_stream(stream))
    guard.check()  # not there at all: `migrate` has to come first
    assert republished(database) == 0
    make_stream(nats_url, stream)
    guard.check()
    guard.check()
    publish()
    guard.check()
    assert republished(database) == 3


def test_shorter_stream_is_filled_again(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    publish(1)
    with database.begin() as tx:
        tx.execute(update(RELAY_MARK).values(last_seq=1000))
    guard.check()
    guard.check()
    assert republished(database) == 3


def test_stream_that_grew_again_before_anyone_looked_is_noticed_by_the_relay(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    with database.begin() as tx:  # the server forgot the last two
        tx.execute(update(RELAY_MARK).values(last_seq=2))
    publish(1, 2, 3, 4)
    guard.check()
    publish()
    guard.check()
    assert republished(database) == 3


def test_a_stream_that_is_lost_again_while_it_is_filled_is_filled_once_more__I4(
    database: Database, guard: StreamGuard, owner: Owner, publish: Any, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    publish(1, 2, 3)
    with database.begin() as tx:
        tx.execute(update(RELAY_MARK).values(created="another time"))

    def lost_again() -> None:
        """What was said again so far is in the stream, and then the stream goes back to before that."""
        publish()
        with database.begin() as tx:
            tx.execute(update(RELAY_MARK).values(last_seq=RELAY_MARK.c.last_seq + 100))
        publish(4)

    owner.meanwhile = lost_again
    guard.check()
    owner.meanwhile = None
    publish()
    assert republished(database) == 3
    guard.check()
    publish()
    guard.check()
    assert republished(database) == 6


def test_broken_off_republication_starts_again(
    database: Database, guard: StreamGuard, owner: Owner, publish: Any, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    publish(1)
    with database.begin() as tx:
        tx.execute(update(RELAY_MARK).values(created="another time"))
    owner.fails_after = "c"
    with pytest.raises(RuntimeError):
        guard.check()
    owner.fails_after = ""
    guard.check()
    guard.check()
    assert republished(database) == 2 + 3


def test_only_one_worker_republishes(
    database: Database, guard: StreamGuard, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    guard.check()
    with database.begin() as tx:
        tx.execute(update(RELAY_MARK).values(created="another time"))
    with leadership(database.engine, "republish") as leader:
        assert leader
        guard.check()
        assert republished(database) == 0
    guard.check()
    assert republished(database) == 3


def events_of(background: Any, nc: Client, stream: str) -> list[Event]:
    async def read() -> list[Event]:
        js = nc.jetstream()
        last = (await js.stream_info(stream)).state.last_seq
        messages = [await js.get_msg(stream, sequence) for sequence in range(1, last + 1)]
        return [Event.from_bytes(message.data or b"") for message in messages]

    return background.run(read())


def test_lost_stream_gets_the_last_events_again_under_their_own_ids__I4(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str, nc: Client,
    background: Any,
) -> None:  # fmt: skip
    make_stream(nats_url, stream)
    guard.check()
    publish(1, 2)
    before = events_of(background, nc, stream)
    with database.begin() as tx:  # so old that who lay behind it is not waited for
        tx.execute(update(OUTBOX).where(OUTBOX.c.version == 1).values(created_at=now() - timedelta(days=2)))
    background.run(nc.jetstream().delete_stream(stream))
    make_stream(nats_url, stream)
    guard.check()
    publish()
    again = [event for event in events_of(background, nc, stream) if not event.republication]
    assert [event.id for event in again] == [before[1].id]


def test_the_last_events_are_found_however_many_they_are(
    database: Database, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_chassis.guard._PAGE", 3)
    with database.begin() as tx:
        for version in range(1, 9):
            owner.append(tx, "a", version)
        owner.append(tx, "a", 8, republication=True)
        tx.execute(update(OUTBOX).where(OUTBOX.c.version < 8).values(published_at=now()))
        tx.execute(update(OUTBOX).where(OUTBOX.c.version == 1).values(created_at=now() - timedelta(days=2)))
    assert say_again(database) == 6
    with database.begin() as tx:
        marked = select(OUTBOX.c.version).where(OUTBOX.c.published_at.is_not(None))
        assert list(tx.execute(marked).scalars()) == [1]


def test_the_last_day_is_that_of_the_newest_event_and_not_of_the_clock__I4(database: Database, owner: Owner) -> None:
    """A backup of last week, or a NATS that was away for days: what was said last may not have been read."""
    with database.begin() as tx:
        for version in range(1, 5):
            owner.append(tx, "a", version)
        owner.append(tx, "a", 4, republication=True)
        tx.execute(update(OUTBOX).where(OUTBOX.c.version < 4).values(published_at=now()))
        for version, age in ((1, 9.0), (2, 7.9), (3, 7.0)):
            old = now() - timedelta(days=age)
            tx.execute(update(OUTBOX).where(OUTBOX.c.version == version).values(created_at=old))
    assert say_again(database) == 2
    with database.begin() as tx:
        marked = select(OUTBOX.c.version).where(OUTBOX.c.published_at.is_not(None))
        assert list(tx.execute(marked).scalars()) == [1]


def test_what_listeners_may_have_forgotten_is_not_said_again__I4(
    database: Database, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup of long ago: by their inboxes it would be new to them, and have its effects twice."""
    monkeypatch.setattr("gamedesk_chassis.guard._PAGE", 2)
    with database.begin() as tx:
        for version in range(1, 7):
            owner.append(tx, "a", version)
        tx.execute(update(OUTBOX).values(published_at=now()))
        for version, age in enumerate((30.0, 20.0, 12.6, 12.2, 11.9, 11.8), start=1):
            old = now() - timedelta(days=age)
            tx.execute(update(OUTBOX).where(OUTBOX.c.version == version).values(created_at=old))
    assert say_again(database) == 2
    with database.begin() as tx:
        tx.execute(delete(OUTBOX).where(OUTBOX.c.version > 4))
    assert say_again(database) == 0
    with database.begin() as tx:
        assert tx.execute(select(func.count()).where(OUTBOX.c.published_at.is_(None))).scalar_one() == 0


def test_what_was_of_its_moment_alone_is_not_said_again(database: Database, owner: Owner) -> None:
    with database.begin() as tx:
        owner.append(tx, "a", 1)
        for key in ("b", "c"):
            outbox.append(tx, type="s.passing", aggregate_id=key, version=1, data={}, source="/s")
        tx.execute(update(OUTBOX).values(published_at=now()))
        tx.execute(update(OUTBOX).where(OUTBOX.c.aggregate_id == "a").values(created_at=now() - timedelta(days=2)))
    assert say_again(database, ["s.passing"]) == 1
    with database.begin() as tx:
        waiting = select(OUTBOX.c.aggregate_id).where(OUTBOX.c.published_at.is_(None))
        assert list(tx.execute(waiting).scalars()) == ["a"]


def test_restored_database_says_all_again_above_what_listeners_have_seen__I5_I6(
    database: Database, guard: StreamGuard, publish: Any, make_stream: Any, nats_url: str, stream: str, nc: Client,
    background: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_stream(nats_url, stream)
    guard.check()
    publish(1, 2, 3)
    with database.begin() as tx:  # the backup was of before the third
        tx.execute(delete(OUTBOX).where(OUTBOX.c.version == 3))
    base = database.transact(jump_ahead, stream)
    guard.check()
    publish(3)
    said = events_of(background, nc, stream)[3:]
    assert {event.aggregateversion for event in said if event.republication} == {base + 1}
    assert base + 3 in {event.aggregateversion for event in said}
    assert min(event.aggregateversion for event in said) > 3
    assert {event.own_version for event in said} == {1, 3}
    monkeypatch.setattr("gamedesk_chassis.guard.now", lambda: now() - timedelta(days=400))  # a clock gone wrong
    assert database.transact(jump_ahead, stream) == base + 1


def test_restored_database_without_a_mark_is_noticed_too(
    database: Database, guard: StreamGuard, make_stream: Any, nats_url: str, stream: str
) -> None:
    make_stream(nats_url, stream)
    assert database.transact(jump_ahead, stream) > 0
    with database.begin() as tx:
        assert tx.execute(select(RELAY_MARK.c.created)).scalar_one() == NEVER
    guard.check()
    guard.check()
    assert republished(database) == 3
