"""What an owner does with the wishes of its listeners."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned, Range
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.wishes import Wishes, subject, wish
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy import Connection, Table, select

FIRST = wish(Range("thing", None, "m"), state=True)
LAST = wish(Range("thing", "m", None), state=True)


class Owner:
    """Owns things, in one page that counts how often it was said; `saying` is called in each."""

    def __init__(self, things: Table) -> None:
        self.said = 0
        self.saying: Callable[[], None] = lambda: None
        self.kind = Owned("thing", self._page, things)

    def _page(self, tx: Connection, _after: Any) -> None:
        self.said += 1
        outbox.append(tx, type="t", aggregate_id="a", version=1, data={}, source="/s", republication=True)
        self.saying()


@pytest.fixture
def owner(things: Table) -> Owner:
    return Owner(things)


@pytest.fixture
def wishes(database: Database, nc: Client, owner: Owner, stream: str) -> Wishes:
    return Wishes(database, nc, "owner", stream, [owner.kind])


@pytest.fixture
def hear(wishes: Wishes, nc: Client, background: Any, stream: str) -> Callable[..., None]:
    """`hear(message, listener="l")`: as if the message had just come; it waits in the queue then."""

    def run(message: bytes, listener: str = "l") -> None:
        background.run(wishes._hear(Msg(_client=nc, subject=subject(listener, stream), data=message)))

    return run


@pytest.fixture
def work(wishes: Wishes, background: Any, database: Database, eventually: Callable[..., Any]) -> Iterator[Any]:
    """`work(message)`: fulfil what waits until the digest of its range was said (so many `times`)."""
    stop = asyncio.Event()
    running: list[Any] = []

    def said(wanted: dict[str, Any]) -> int:
        with database.begin() as tx:
            digests = tx.execute(select(OUTBOX.c.payload).where(OUTBOX.c.type == "owner.digest.computed.v1")).scalars()
            return sum(wanted.items() <= digest.items() for digest in digests)

    def run(message: bytes, times: int = 1) -> None:
        if not running:
            running.append(background.start(wishes.run(stop)))
        eventually(lambda: said(orjson.loads(message)["range"]) >= times)

    yield run
    background.loop.call_soon_threadsafe(stop.set)
    running[0].result(20)


def test_a_wish_that_waits_already_is_not_fulfilled_twice(owner: Owner, hear: Any, work: Any) -> None:
    for listener in ("l", "m", "l"):
        hear(FIRST, listener)
    hear(LAST)
    work(LAST)
    assert owner.said == 2


def test_a_wish_that_comes_while_the_same_is_fulfilled_is_fulfilled_too__I6(owner: Owner, hear: Any, work: Any) -> None:
    """What it is about may have happened behind what was said already."""

    def once_more() -> None:
        owner.saying = lambda: None
        hear(FIRST)

    owner.saying = once_more
    hear(FIRST)
    work(FIRST, times=2)
    assert owner.said == 2


def test_a_wish_that_found_no_room_is_heard_when_it_comes_again(hear: Any, work: Any) -> None:
    many = [wish(Range("thing", None, str(key)), state=False) for key in range(101)]
    for message in many:
        hear(message)
    work(many[-2])
    hear(many[-1])
    work(many[-1])


def test_while_nothing_leaves_the_outbox_ranges_are_not_said_again_and_again(
    owner: Owner, hear: Any, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full stream takes nothing for hours, and a listener asks every half minute."""
    monkeypatch.setattr("gamedesk_chassis.wishes._MOST_WAITING", 0)
    behind = wish(Range("thing", None, "m"), state=False)
    hear(FIRST)
    hear(LAST)
    hear(behind)
    work(behind, times=2)  # the digest of FIRST, and this one
    assert owner.said == 1


def test_digests_of_everything_come_behind_the_republication_that_was_wished_for__I6(
    database: Database, hear: Any, work: Any
) -> None:
    """Or copies would be compared before they are mended, and each range asked for once more."""
    hear(wish(None, state=True))
    work(wish(Range("thing"), state=True))
    with database.begin() as tx:
        order = tx.execute(select(OUTBOX.c.type).order_by(OUTBOX.c.republication, OUTBOX.c.id)).scalars().all()
    assert order == ["t", "owner.digest.computed.v1"]
