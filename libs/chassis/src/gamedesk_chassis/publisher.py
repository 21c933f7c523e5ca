"""Publishing to JetStream: waves with at most one event per aggregate, in atomic batches where that pays."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.js.api import Header
from nats.js.errors import APIError, NoStreamResponseError
from prometheus_client import Gauge

from gamedesk_chassis.events import CONTENT_TYPE, CONTENT_TYPE_HEADER, MSG_ID_HEADER, Event

log = structlog.get_logger(__name__)

_STREAM_FULL = Gauge("gamedesk_stream_full", "1 while the stream takes no events for want of room")

# Below this many events the single way is as fast.
_BATCH_FROM = 8
_ACK_TIMEOUT = 2.0
# The server's error codes for: the account's limit, no room in memory, on disk, the stream's own limit.
_FULL = frozenset({10002, 10023, 10047, 10077})


class BatchRefused(Exception):
    """The server stored nothing of an atomic batch (one duplicate id is enough), or its answer was lost."""


@dataclass(frozen=True)
class Receipt:
    """The stream has it. `sequence` is None where the server only said that it knew the event already."""

    sequence: int | None


class Publisher:
    """Publishes to one stream. An answer that is lost is ambiguous: publish the same event again, same id."""

    def __init__(self, nc: Client, stream: str) -> None:
        self._nc = nc
        self._js = nc.jetstream()
        self._stream = stream
        self.stream_is_full = False  # as of the last attempt

    async def publish(self, events: Sequence[Event], *, seconds: float) -> dict[int, Receipt]:
        """Publish in order within `seconds`; returns receipts by position in `events`.

        Of one aggregate, an event is sent only after the one before it was received.
        """
        deadline = time.monotonic() + seconds
        receipts: dict[int, Receipt] = {}
        refusals: list[Exception] = []
        failed: set[str] = set()
        for wave in _waves(events):
            positions = [i for i in wave if events[i].subject not in failed]
            if not positions or time.monotonic() >= deadline:
                break
            got = await self._publish_wave([events[i] for i in positions], deadline, refusals)
            for i, receipt in zip(positions, got, strict=True):
                if receipt is None:
                    failed.add(events[i].subject)
                else:
                    receipts[i] = receipt
        self.note_full(any(isinstance(error, APIError) and error.err_code in _FULL for error in refusals))
        if refusals:
            kinds = sorted({type(error).__name__ for error in refusals})
            full = self.stream_is_full
            log.warning("publish_failed", stream=self._stream, events=len(refusals), errors=kinds, stream_is_full=full)
        return receipts

    def note_full(self, full: bool) -> None:
        """Say whether the stream has no room; who has nothing to publish does not know of any trouble."""
        self.stream_is_full = full
        _STREAM_FULL.set(full)

    async def _publish_wave(
        self, events: Sequence[Event], deadline: float, refusals: list[Exception]
    ) -> list[Receipt | None]:
        if len(events) >= _BATCH_FROM:
            try:
                return list(await self._publish_batch(events, deadline))
            except BatchRefused as refusal:
                log.info("batch_refused", stream=self._stream, events=len(events), reason=str(refusal))
        return await asyncio.gather(*(self._publish_one(event, deadline, refusals) for event in events))

    async def _publish_one(self, event: Event, deadline: float, refusals: list[Exception]) -> Receipt | None:
        try:
            ack = await self._js.publish(
                event.type,
                event.to_bytes(),
                timeout=_patience(deadline),
                stream=self._stream,
                headers=_headers(event),
            )
        except (nats.errors.Error, APIError, NoStreamResponseError, TimeoutError) as error:
            refusals.append(error)
            return None
        return Receipt(None if ack.duplicate else ack.seq)

    async def _publish_batch(self, events: Sequence[Event], deadline: float) -> Sequence[Receipt]:
        """All or nothing: only the last message is stored-and-answered, the server holds the others back."""
        batch_id = uuid4().hex
        try:
            for number, event in enumerate(events[:-1], start=1):
                headers = self._batch_headers(event, batch_id, number)
                if number == 1:  # asks whether the stream is there and takes batches at all
                    opened = await self._nc.request(
                        event.type, event.to_bytes(), timeout=_patience(deadline), headers=headers
                    )
                    _refuse_error(opened.data)
                else:
                    await self._nc.publish(event.type, event.to_bytes(), headers=headers)
            headers = self._batch_headers(events[-1], batch_id, len(events)) | {Header.BATCH_COMMIT: "1"}
            answer = await self._nc.request(
                events[-1].type, events[-1].to_bytes(), timeout=_patience(deadline), headers=headers
            )
        except (nats.errors.Error, TimeoutError) as error:
            raise BatchRefused(type(error).__name__) from error
        last = _refuse_error(answer.data)["seq"]
        first = last - len(events) + 1
        return [Receipt(first + offset) for offset in range(len(events))]

    def _batch_headers(self, event: Event, batch_id: str, number: int) -> dict[str, Any]:
        return _headers(event) | {
            Header.EXPECTED_STREAM: self._stream,
            Header.BATCH_ID: batch_id,
            Header.BATCH_SEQUENCE: str(number),
        }


def _headers(event: Event) -> dict[str, Any]:
    return {MSG_ID_HEADER: str(event.id), CONTENT_TYPE_HEADER: CONTENT_TYPE}


def _patience(deadline: float) -> float:
    return max(0.05, min(_ACK_TIMEOUT, deadline - time.monotonic()))


def _refuse_error(answer: bytes) -> dict[str, Any]:
    body = orjson.loads(answer) if answer else {}
    if "error" in body:
        raise BatchRefused(body["error"].get("description", "unknown"))
    return body


def _waves(events: Sequence[Event]) -> list[list[int]]:
    """Positions of `events`, in rounds: the n-th event of each aggregate is in the n-th round."""
    rounds: list[list[int]] = []
    seen: dict[str, int] = defaultdict(int)
    for position, event in enumerate(events):
        turn = seen[event.subject]
        seen[event.subject] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(position)
    return rounds
