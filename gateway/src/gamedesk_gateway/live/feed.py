"""From NATS to the streams. Plain subscriptions: what is lost costs a page a refetch, and nothing else."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import nats
import orjson
import structlog
from gamedesk_chassis.events import Event, PoisonEvent
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import SlowConsumerError
from prometheus_client import Counter

from gamedesk_gateway.live.audience import Audience
from gamedesk_gateway.live.changes import Change, bounded, change_of, message
from gamedesk_gateway.live.presence import SUBJECT, Presence
from gamedesk_gateway.live.reviews import Reviews
from gamedesk_gateway.live.streams import Stream, Streams
from gamedesk_gateway.sections import Remembered
from gamedesk_gateway.upstream import Upstream

log = structlog.get_logger(__name__)

_SUBJECTS = ("players.>", "tickets.>", "sales.>", "catalog.>")
_ABOUT_PLAYERS = ("players.player.", "tickets.", "sales.")
_BACKLOG = 10_000
_AT_ONCE = 200
_RECONNECT_SECONDS = 1.0
_TICK_SECONDS = 5.0
_TICKS_TO_REPEAT = 3
_MISSED = Counter("gamedesk_live_events_missed", "Events that pages were not told of, because too many came at once")


class Feed:
    """Runs for as long as the gateway does, whether NATS answers or not.

    `memory` forgets what has changed before pages hear of it.
    """

    def __init__(self, nats_url: str, players: Upstream, memory: Remembered) -> None:
        self._servers = nats_url.split(",")
        self._client: Client | None = None
        self._memory = memory
        self._audience = Audience(players)
        self._reviews = Reviews()
        self._presence = Presence(self._publish_presence, self._show_presence)
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(_BACKLOG)
        self._missing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self.streams = Streams()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen to NATS for the length of the block; streams end as soon as the process is told to stop."""
        _at_stop_signals(self.streams.end_all)
        loops = [self._spawn(self._listen()), self._spawn(self._pass_on()), self._spawn(self._tick())]
        try:
            yield
        finally:
            self.streams.end_all()
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            if self._client is not None:
                with suppress(NatsError, OSError):
                    await self._client.close()

    def open(self, stream: Stream) -> None:
        """Begin a stream: greeting, state, and who else has its players open. Raises TooManyRequests."""
        self.streams.add(stream)
        self._presence.opened(stream.principal.id, stream.players)
        for player_id in stream.players:
            stream.offer(_presence_message(player_id, self._presence.agents(player_id)))
        self._spawn(self._audience.load_agents(stream.caller))

    def close(self, stream: Stream) -> None:
        self.streams.remove(stream)
        self._presence.closed(stream.principal.id, stream.players)

    # NATS → queue

    async def _listen(self) -> None:
        """Connect, again and again; nats-py itself reconnects until it thinks better of it and closes."""
        while True:
            closed = asyncio.Event()
            try:
                self._client = await self._connect(closed)
                await closed.wait()
            except (NatsError, OSError) as error:
                log.warning("nats_not_reached", error=type(error).__name__)
            self.streams.set_connected(False)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _connect(self, closed: asyncio.Event) -> Client:
        async def lost() -> None:
            self.streams.set_connected(False)

        async def found() -> None:
            self._memory.forget_all()
            self._audience.forget()
            self.streams.set_connected(True)
            self._presence.repeat()

        async def ended() -> None:
            closed.set()

        async def failed(error: Exception) -> None:
            log.info("nats_error", error=type(error).__name__)
            if isinstance(error, SlowConsumerError):  # the client has thrown events away
                self._miss()

        client = await nats.connect(
            self._servers,
            name="gateway",
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RECONNECT_SECONDS,
            ping_interval=10,
            disconnected_cb=lost,
            reconnected_cb=found,
            closed_cb=ended,
            error_cb=failed,
        )
        try:
            for subject in _SUBJECTS:
                await client.subscribe(subject, cb=self._take_event)
            await client.subscribe(SUBJECT + "*", cb=self._take_presence)
            await client.flush()
        except BaseException:  # else it would go on listening beside the next one
            with suppress(NatsError, OSError):
                await client.close()
            raise
        self._client = client
        await found()
        return client

    async def _take_event(self, received: Msg) -> None:
        try:
            self._waiting.put_nowait(Event.from_bytes(received.data))
        except PoisonEvent:  # its listeners bury it
            pass
        except asyncio.QueueFull:
            self._miss()

    def _miss(self) -> None:
        """Nobody knows what an event that is lost would have said."""
        _MISSED.inc()
        if not self._missing:
            log.warning("events_missed", backlog=_BACKLOG)
        self._missing = True
        self._memory.forget_all()

    async def _take_presence(self, received: Msg) -> None:
        with suppress(orjson.JSONDecodeError):
            self._presence.heard(received.subject.removeprefix(SUBJECT), orjson.loads(received.data))

    # queue → streams

    async def _pass_on(self) -> None:
        while True:
            events = [await self._waiting.get()]
            while not self._waiting.empty() and len(events) < _AT_ONCE:
                events.append(self._waiting.get_nowait())
            try:
                await self._dispatch(events)
            except Exception as error:  # one bad event must not end the feed
                log.error("events_not_passed_on", error=type(error).__name__, exc_info=error)
            if self._missing and self._waiting.empty():
                self._missing = False
                self._audience.forget()
                self.streams.interrupt()
            await asyncio.sleep(0)  # neither of the above waits while there is more: let the streams write

    async def _dispatch(self, events: list[Event]) -> None:
        self._forget_changed(events)
        changes: list[Change] = []
        for event in events:
            with suppress(KeyError, TypeError):  # data that lacks what its type promises: its listeners bury it
                former_owner = self._audience.heed(event)
                change = None if event.republication else change_of(event)
                enters_review = self._reviews.heed(event)
                if change is not None and not enters_review:
                    change = replace(change, as_notice=None)
                if change is not None:
                    changes.append(replace(change, agents=change.agents | former_owner))
        self._end_deactivated()
        listener = next(iter(self.streams), None)
        if not changes or listener is None:
            return
        changes = bounded(changes)
        await self._audience.prepare(changes, listener.caller)
        judged = [(change, self._audience.concerned(change)) for change in changes]
        for stream in self.streams:
            told = b"".join(self._audience.told(stream, change, concerned) for change, concerned in judged)
            if told:
                stream.offer(told)

    def _forget_changed(self, events: list[Event]) -> None:
        told = [event for event in events if event.type.startswith(_ABOUT_PLAYERS)]
        changed = {str(event.data.get("player_id")) for event in told}
        erased = {str(event.data.get("player_id")) for event in told if event.data.get("erased") is True}
        if erased:
            self._memory.forget_erased(erased)
        elif changed:
            self._memory.forget_players(changed)

    def _end_deactivated(self) -> None:
        for stream in self.streams:
            if self._audience.is_deactivated(stream.principal.id):
                stream.end()

    # presence

    def _publish_presence(self, player_id: str, data: dict[str, Any]) -> None:
        client = self._client
        if client is not None and client.is_connected:
            self._spawn(client.publish(SUBJECT + player_id, orjson.dumps(data)))

    def _show_presence(self, player_id: str, agents: list[str]) -> None:
        text = _presence_message(player_id, agents)
        for stream in self.streams:
            if player_id in stream.players:
                stream.offer(text)

    async def _tick(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            ticks += 1
            self._presence.forget()
            if ticks % _TICKS_TO_REPEAT == 0:
                self._presence.repeat()

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("live_task_failed", error=type(task.exception()).__name__)


def _presence_message(player_id: str, agents: list[str]) -> bytes:
    return message("presence", {"kind": "presence", "player_id": player_id, "agents": agents})


def _at_stop_signals(callback: Callable[[], None]) -> None:
    """Call back when the process is told to stop: the server waits for open connections before it says so itself."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def handle(received: int, frame: Any, before: Any = before) -> None:
            loop.call_soon_threadsafe(callback)
            if callable(before):
                before(received, frame)

        signal.signal(number, handle)
