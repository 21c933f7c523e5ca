"""A durable consumer's loop: fetch, process, then acknowledge. It outlives a NATS server that went away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError
from prometheus_client import Gauge

from gamedesk_chassis.database import Database
from gamedesk_chassis.events import MSG_ID_HEADER
from gamedesk_chassis.health import Pulse
from gamedesk_chassis.jobs import pause
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_chassis.service import Handler

log = structlog.get_logger(__name__)

_PENDING = Gauge("gamedesk_consumer_pending", "Events that wait in the stream for a consumer", ["consumer"])

_BATCH = 100
_FETCH_SECONDS = 2.0
_EXTEND_SECONDS = 3.0  # well below ack_wait
_EXTENSIONS = 10
_MAX_DELAY = 5.0
_COMPLAIN_EVERY = 30  # turns in trouble
_MISSING_AFTER = 3  # turns in trouble: a server that starts says the same for a moment


class Consumer:
    """Feeds the durable consumer `durable` of `stream` to `handlers` (event type → handler).

    Handlers run in a thread, in the consumer's transaction. The consumer has to exist: `migrate` makes it.
    """

    def __init__(
        self, database: Database, nc: Client, stream: str, durable: str, handlers: Mapping[str, Handler]
    ) -> None:
        self._nc = nc
        self._stream = stream
        self._durable = durable
        self._processor = Processor(database, durable, handlers)
        self._turns_in_trouble = 0
        self.pulse = Pulse()
        self._refused = False

    @property
    def is_missing(self) -> bool:
        """The server answers, and has no such consumer."""
        return self._refused and self._turns_in_trouble >= _MISSING_AFTER

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; a batch that has begun is finished and acknowledged."""
        subscription = await self._nc.jetstream().pull_subscribe_bind(self._durable, self._stream)
        while not stop.is_set():
            messages = await self._fetch(subscription, stop)
            if messages:
                await self._work(messages)

    async def _fetch(self, subscription: JetStreamContext.PullSubscription, stop: asyncio.Event) -> Sequence[Msg]:
        if not self._nc.is_connected:  # requests made now would pile up in the client
            await pause(stop, 0.1)
            return []
        try:
            messages = await subscription.fetch(_BATCH, timeout=_FETCH_SECONDS)
        except TimeoutError:
            messages = []
        except APIError as error:  # an answer all the same: the server lives, stream or consumer does not
            self._refused = True
            await self._complain(error, stop)
            self.pulse.beat()
            return []
        except nats.errors.ConnectionClosedError:
            raise
        except nats.errors.Error as error:
            self._refused = False
            await self._complain(error, stop)
            return []
        if self._nc.is_connected:
            self._turns_in_trouble, self._refused = 0, False
            self.pulse.beat()
            waiting = len(messages) + messages[-1].metadata.num_pending if messages else 0
            _PENDING.labels(self._durable).set(waiting)
        return messages

    async def _complain(self, error: Exception, stop: asyncio.Event) -> None:
        if self._turns_in_trouble % _COMPLAIN_EVERY == 0:
            log.error(
                "fetch_failed",
                stream=self._stream,
                consumer=self._durable,
                error=type(error).__name__,
                remedy="if this lasts: run `migrate` of the stream's owner and of this service",
            )
        self._turns_in_trouble += 1
        await pause(stop, 1.0)

    async def _work(self, messages: Sequence[Msg]) -> None:
        extending = asyncio.create_task(self._extend(messages))
        try:
            deliveries = [Delivery(m.subject, m.data, (m.headers or {}).get(MSG_ID_HEADER)) for m in messages]
            verdicts = await asyncio.to_thread(self._processor.process, deliveries)
        finally:
            extending.cancel()
            with suppress(asyncio.CancelledError):
                await extending
        for message, verdict in zip(messages, verdicts, strict=True):
            try:
                if verdict is Verdict.DONE:
                    await message.ack()
                else:
                    await message.nak(delay=_delay(message))
            except nats.errors.Error as error:  # comes again, and the inbox knows it
                log.info("ack_failed", consumer=self._durable, error=type(error).__name__)

    async def _extend(self, messages: Sequence[Msg]) -> None:
        for _ in range(_EXTENSIONS):  # then another process may try: this one may wait for a database that is gone
            await asyncio.sleep(_EXTEND_SECONDS)
            for message in messages:
                with suppress(nats.errors.Error):
                    await message.in_progress()


def _delay(message: Msg) -> float:
    """Seconds before the next delivery: 0.1 doubling to 5, by how often it was delivered."""
    return min(_MAX_DELAY, 0.1 * 2 ** min(message.metadata.num_delivered, 6))
