"""The worker process of a service: relay, consumers, scheduled jobs and its health, in one asyncio program."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import nats.errors
import structlog
import uvicorn
from nats.aio.client import Client
from sqlalchemy import Connection, MetaData

from gamedesk_chassis import digests, idempotency, inbox, outbox, streams
from gamedesk_chassis.clock import now
from gamedesk_chassis.consumer import Consumer
from gamedesk_chassis.database import Database
from gamedesk_chassis.guard import StreamGuard
from gamedesk_chassis.health import HealthApp, Pulse
from gamedesk_chassis.jobs import PeriodicJob, run_periodically
from gamedesk_chassis.reasons import reason_of
from gamedesk_chassis.relay import Relay, measure
from gamedesk_chassis.service import Service
from gamedesk_chassis.settings import ServiceSettings
from gamedesk_chassis.streams import JetStreamDeclaration, load_declaration
from gamedesk_chassis.wishes import Asking, Wishes

log = structlog.get_logger(__name__)

# A loop that got through no turn for so long, though NATS is there, is not going to.
_LIVE_SECONDS = 60.0
_HOUR = 3600.0


class ConnectionLost(Exception):
    """The NATS client gave up; only a new process gets a new one."""


class LoopStuck(Exception):
    """The relay or a consumer has not got through a turn for too long."""


def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Run until SIGTERM or SIGINT; then finish the batches that have begun and leave. Raises if a part fails."""
    declaration = load_declaration(service.jetstream_file)
    check_listeners(service, declaration)
    asyncio.run(_Worker(service, settings, declaration).run())


def check_listeners(service: Service, declaration: JetStreamDeclaration) -> None:
    """Refuse (ValueError) handlers without a durable consumer, and the other way round."""
    declared = {listen.durable: set(listen.filter_subjects) for listen in declaration.listens}
    handled = {durable: set(handlers) for durable, handlers in service.listeners.items()}
    if declared != handled:
        raise ValueError(f"jetstream.yaml and the listeners of {service.name} differ: {declared} and {handled}")


class StreamMissing(Exception):
    """The stream, or a consumer, is not there: NATS lost its disk, and only an administrator may make it again."""


class StreamFull(Exception):
    """The stream has no room. Nothing is lost: events wait in the outbox."""


class _Worker:
    def __init__(self, service: Service, settings: ServiceSettings, declaration: JetStreamDeclaration) -> None:
        self._service = service
        self._settings = settings
        self._declaration = declaration
        # One for each consumer; relay, guard, digests, purge and leaders' jobs use two; gauges, health, wishes, asking
        # and other jobs one.
        self._threads = len(declaration.listens) + 14
        self._database = Database(
            settings.database_url, pool_size=self._threads, application_name=f"{service.name}-worker"
        )
        self._stop = asyncio.Event()
        self._closed = asyncio.Event()
        self._nc = Client()
        self._pulses: dict[str, Pulse] = {}
        self._relay = Relay(self._database, self._nc, declaration.stream.name)
        self._consumers = [
            Consumer(self._database, self._nc, listen.stream, listen.durable, service.listeners[listen.durable])
            for listen in declaration.listens
        ]
        self._guard: StreamGuard | None = None

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        jobs = list(self._service.jobs(self._settings, self._database))
        workers = ThreadPoolExecutor(self._threads + len(jobs), thread_name_prefix="worker")
        loop.set_default_executor(workers)
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._stop.set)
        server = _HealthServer(self._health_app(), self._settings)
        try:
            async with asyncio.TaskGroup() as parts:
                serving = parts.create_task(server.serve())
                parts.create_task(self._until_stopped(server, jobs))
                serving.add_done_callback(lambda _: self._stop.set())
        finally:
            self._database.dispose()
        log.info("worker_stopped", service=self._service.name)

    async def _until_stopped(self, server: uvicorn.Server, jobs: Sequence[PeriodicJob]) -> None:
        try:
            if not await self._connect():
                return
            log.info("worker_started", service=self._service.name)
            async with asyncio.TaskGroup() as parts:
                for part in self._loops():
                    parts.create_task(part.run(self._stop))
                for job in [*self._own_jobs(), *jobs]:
                    parts.create_task(run_periodically(job, self._database.engine, self._stop))
            await self._disconnect()
        finally:
            server.should_exit = True

    def _loops(self) -> Sequence[Relay | Consumer | Wishes | _ConnectionWatch]:
        self._pulses["relay"] = self._relay.pulse
        for listen, consumer in zip(self._declaration.listens, self._consumers, strict=True):
            self._pulses[listen.durable] = consumer.pulse
        stream, kinds = self._declaration.stream.name, self._service.owns
        wishes = Wishes(self._database, self._nc, self._service.name, stream, kinds)
        return [self._relay, *self._consumers, wishes, _ConnectionWatch(self._closed)]

    def _own_jobs(self) -> Sequence[PeriodicJob]:
        self._guard = guard = StreamGuard(
            self._database,
            self._nc.jetstream(),
            self._declaration.stream.name,
            self._service.republish,
            asyncio.get_running_loop(),
            self._service.never_again,
        )
        streams_of = {listen.durable: listen.stream for listen in self._declaration.listens}
        asking = Asking(self._database, self._nc, self._service.name, streams_of, asyncio.get_running_loop())
        say = partial(digests.say_all, self._database, self._service.name, self._service.owns)
        every = self._settings.digest_minutes * 60.0
        return [
            PeriodicJob("stream-guard", 5, guard.check),
            PeriodicJob("digests", every, say, leader_only=True, first_after_seconds=every / 10),
            PeriodicJob("ask-owners", 2, asking.run),
            PeriodicJob("outbox-gauges", 5, partial(measure, self._database)),
            PeriodicJob("purge", _HOUR, self._purge, leader_only=True),
        ]

    def _purge(self) -> None:
        """Forget what is older than its retention, in bounded transactions."""
        keys = idempotency.idempotency_table(MetaData())
        ages: list[tuple[Callable[[Connection, datetime], int], datetime]] = [
            (digests.purge, now() - timedelta(days=1)),
            (outbox.purge, now() - timedelta(days=self._settings.event_retention_days)),
            (inbox.purge, now() - timedelta(seconds=streams.INBOX_SECONDS)),
            (
                lambda tx, older_than: idempotency.purge(tx, keys, older_than),
                now() - timedelta(days=self._settings.idempotency_retention_days),
            ),
        ]
        for purge, older_than in ages:
            while not self._stop.is_set() and self._database.transact(purge, older_than):
                pass

    async def _connect(self) -> bool:
        """Connect to NATS, however long it takes; False if the worker was told to stop first."""
        connecting = asyncio.create_task(
            self._nc.connect(
                self._settings.nats_url.split(","),
                name=f"{self._service.name}-worker",
                inbox_prefix=f"_INBOX_{self._service.name}",  # the server lets nobody else read the replies
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                connect_timeout=2,
                ping_interval=10,
                max_outstanding_pings=2,
                error_cb=self._on_error,
                disconnected_cb=self._on_disconnected,
                reconnected_cb=self._on_reconnected,
                closed_cb=self._on_closed,
            )
        )
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if connecting.done():
            connecting.result()
            return True
        connecting.cancel()
        return False

    async def _disconnect(self) -> None:
        """Send the last acknowledgements, then close. (`drain` would wait for answers that nobody reads.)"""
        with suppress(nats.errors.Error, TimeoutError):  # what is unacknowledged comes again
            await self._nc.flush(timeout=2)
        await self._nc.close()

    async def _on_error(self, error: Exception) -> None:
        log.warning("nats_error", error=type(error).__name__, reason=reason_of(error))

    async def _on_disconnected(self) -> None:
        if not self._stop.is_set():
            log.warning("nats_disconnected")

    async def _on_reconnected(self) -> None:
        for pulse in self._pulses.values():  # time without NATS does not count
            pulse.beat()
        log.info("nats_reconnected")

    async def _on_closed(self) -> None:
        self._closed.set()

    def _health_app(self) -> HealthApp:
        return HealthApp(
            live={"loops": self._check_loops},
            ready={"database": self._database.ping, "nats": self._check_nats, "streams": self._check_streams},
        )

    def _check_loops(self) -> None:
        """A loop that stands still although NATS is there; without NATS a restart would mend nothing."""
        stuck = [name for name, pulse in self._pulses.items() if pulse.age > _LIVE_SECONDS]
        if stuck and self._nc.is_connected:
            raise LoopStuck(", ".join(stuck))

    def _check_nats(self) -> None:
        if not self._nc.is_connected:
            raise nats.errors.ConnectionClosedError

    def _check_streams(self) -> None:
        if not self._nc.is_connected:
            return  # said already
        missing = self._guard is not None and self._guard.stream_is_missing
        if missing or any(consumer.is_missing for consumer in self._consumers):
            raise StreamMissing
        if self._relay.stream_is_full:
            raise StreamFull


class _ConnectionWatch:
    """Ends the process when the NATS client closes by itself."""

    def __init__(self, closed: asyncio.Event) -> None:
        self._closed = closed

    async def run(self, stop: asyncio.Event) -> None:
        waiting = {asyncio.create_task(self._closed.wait()), asyncio.create_task(stop.wait())}
        _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if self._closed.is_set() and not stop.is_set():
            raise ConnectionLost("the NATS connection was closed")


class _HealthServer(uvicorn.Server):
    """Leaves the signals to the worker."""

    def __init__(self, app: HealthApp, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=2,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
