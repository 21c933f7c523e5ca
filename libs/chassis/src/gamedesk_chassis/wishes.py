"""Wishes: what a listener asks of an owner. No call and no event: a plain message that may be lost, and is sent again.

A listener may say so under its own name only, `wants.<STREAM>.<listener>`; the owner of the stream hears it and answers
in its stream, for everybody, by what is safe at any time: a digest, or a republication.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import nats
import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from gamedesk_chassis import outbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import CONFIRMED, Owned, Range, key_of, say_all, say_one, to_ask
from gamedesk_chassis.guard import republish
from gamedesk_chassis.streams import ONE_TRY, JetStreamNotReady

log = structlog.get_logger(__name__)

_AT_ONCE = 100
_MOST_WAITING = 50_000  # republications in the outbox; while NATS takes none, more would only pile up
_TURN_SECONDS = 0.5
_ANSWER_SECONDS = 5.0
_NOBODY_SECONDS = 1.0  # as long may the server take to say that nobody listens


def subject(listener: str, stream: str) -> str:
    """Where `listener` says what it wants of the owner of `stream`."""
    return f"wants.{stream}.{listener}"


def wish(wanted: Range | None, *, state: bool) -> bytes:
    """The message: say the digest of that range (None: of everything), or with `state` first its whole state."""
    return orjson.dumps({"range": asdict(wanted) if wanted else None, "state": state})


def ask_for_everything(nats_url: str, listener: str, streams: Sequence[str]) -> list[str]:
    """Ask the owners of `streams` to say all that they have again; returns the streams whose owner's worker did not
    run to hear it. Raises JetStreamNotReady.
    """

    async def ask() -> list[str]:
        inbox = f"_INBOX_{listener}"  # all that a service may listen to; nobody answers there but the server
        nc = await nats.connect(nats_url.split(","), inbox_prefix=inbox, **ONE_TRY)
        try:
            return [stream for stream in streams if not await _hears(nc, listener, stream)]
        finally:
            await nc.close()

    try:
        return asyncio.run(ask())
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise JetStreamNotReady(f"NATS cannot be asked: {error}") from error


async def _hears(nc: Client, listener: str, stream: str) -> bool:
    """Send the wish for everything; whether anybody gets it: when nobody does, the server says so at once."""
    inbox = nc.new_inbox()
    answers = await nc.subscribe(inbox)
    await nc.publish(subject(listener, stream), wish(None, state=True), reply=inbox)
    try:
        await answers.next_msg(timeout=_NOBODY_SECONDS)
    except TimeoutError:
        return True
    return False


class Wishes:
    """Hears what listeners want of this service, and does it, one after the other."""

    def __init__(self, database: Database, nc: Client, service: str, stream: str, kinds: Sequence[Owned]) -> None:
        self._database = database
        self._nc = nc
        self._service = service
        self._stream = stream
        self._kinds = {kind.name: kind for kind in kinds}
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(_AT_ONCE)
        self._waiting: set[bytes] = set()  # what is in the queue: several listeners may want the same

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop` is set. Several workers share the work."""
        await self._nc.subscribe(subject("*", self._stream), queue=self._service, cb=self._hear)
        while not stop.is_set():
            try:
                async with asyncio.timeout(_TURN_SECONDS):
                    message = await self._queue.get()
            except TimeoutError:
                continue
            self._waiting.discard(message)  # from now on it may be about something later
            await asyncio.to_thread(self._fulfil, message)

    async def _hear(self, message: Msg) -> None:
        if message.data in self._waiting or self._queue.full():  # the wish comes again
            return
        self._waiting.add(message.data)
        self._queue.put_nowait(message.data)

    def _fulfil(self, message: bytes) -> None:
        try:
            said = orjson.loads(message)
            if said["range"] is None:
                self._say_everything(bool(said["state"]))
                return
            wanted = Range(**said["range"])
            kind = self._kinds[wanted.kind]
            if said["state"]:
                if self._database.read(outbox.republications_wait, _MOST_WAITING):
                    log.info("wish_put_off", kind=kind.name)  # it comes again
                    return
                pages, rows = republish(
                    self._database, [kind.page], after=key_of(kind, wanted.after), until=wanted.until
                )
                log.warning("range_republished", kind=kind.name, pages=pages, rows=rows)
            self._database.transact(say_one, self._service, kind, wanted, behind_republications=bool(said["state"]))
        except Exception as error:  # it is asked again
            log.warning("wish_not_fulfilled", error=type(error).__name__, exc_info=True)

    def _say_everything(self, state: bool) -> None:
        kinds = [kind for kind in self._kinds.values() if kind.table is not None]
        if state:
            pages, rows = republish(self._database, [kind.page for kind in kinds])
            log.warning("republished", stream=self._stream, pages=pages, rows=rows)
        say_all(self._database, self._service, kinds, behind_republications=state)


class Asking:
    """A listener's job: ask about ranges that differed, again and again until they agree or it is hopeless."""

    def __init__(
        self, database: Database, nc: Client, service: str, streams: Mapping[str, str], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._database = database
        self._nc = nc
        self._service = service
        self._streams = streams  # durable consumer → stream
        self._loop = loop

    def run(self) -> None:
        """One turn; in a thread."""
        if not self._nc.is_connected:  # asking is noted: it should reach somebody
            return
        for row in self._database.transact(to_ask):
            stream = self._streams.get(row.consumer)
            if stream is None:  # a consumer of before
                continue
            wanted = Range(row.kind, row.after_key or None, row.until_key or None)
            message = wish(wanted, state=row.seen >= CONFIRMED)
            sending = self._nc.publish(subject(self._service, stream), message)
            asyncio.run_coroutine_threadsafe(sending, self._loop).result(_ANSWER_SECONDS)
