"""Streams and durable consumers, created and updated from the service's `jetstream.yaml` by `migrate`."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import nats
import nats.errors
import structlog
import yaml
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError
from pydantic import BaseModel, ConfigDict

log = structlog.get_logger(__name__)

R = TypeVar("R")

_DAY = 24 * 3600.0
MAX_AGE_SECONDS = 14 * _DAY
# Beyond the streams' own retention nothing is delivered any more; one day for clocks that differ.
INBOX_SECONDS = MAX_AGE_SECONDS + _DAY
DUPLICATE_WINDOW_SECONDS = 600.0
ACK_WAIT_SECONDS = 10.0


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StreamDeclaration(_Strict):
    """The stream that this service publishes to."""

    name: str
    subjects: list[str]


class ListenDeclaration(_Strict):
    """A durable consumer of this service on another service's stream."""

    stream: str
    durable: str
    filter_subjects: list[str]


class JetStreamDeclaration(_Strict):
    """The contents of `jetstream.yaml`."""

    stream: StreamDeclaration
    listens: list[ListenDeclaration] = []


class JetStreamNotReady(Exception):
    """NATS, or the stream of another service, did not appear in time. The text says which."""


def load_declaration(path: Path) -> JetStreamDeclaration:
    """Read and check `jetstream.yaml`."""
    return JetStreamDeclaration.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def ensure_streams_and_consumers(
    nats_url: str,
    declaration: JetStreamDeclaration,
    *,
    replicas: int = 1,
    wait_seconds: float = 60.0,
    from_the_beginning: bool = False,
) -> None:
    """Create or update the service's stream and its consumers; may be repeated at any time.

    Services may do this in any order: a stream that its owner has yet to create is waited for. With
    `from_the_beginning` consumers are made anew, and are given everything again that the streams still hold.
    Raises JetStreamNotReady after `wait_seconds`.
    """
    asyncio.run(_ensure(nats_url, declaration, replicas, wait_seconds, from_the_beginning))


async def _quiet(_error: Exception) -> None:
    """nats-py prints connection errors by itself otherwise; `_patiently` reports them."""


# nats-py's own patience (60 attempts, 2 s apart) would hide for minutes what is being waited for.
ONE_TRY: dict[str, Any] = {
    "connect_timeout": 2,
    "max_reconnect_attempts": 1,
    "reconnect_time_wait": 0,
    "error_cb": _quiet,
}


async def _ensure(
    nats_url: str, declaration: JetStreamDeclaration, replicas: int, wait_seconds: float, anew: bool
) -> None:
    deadline = time.monotonic() + wait_seconds
    nc = await _patiently(
        lambda: nats.connect(nats_url.split(","), **ONE_TRY),
        f"NATS at {_without_credentials(nats_url)}",
        deadline,
    )
    try:
        # Once it was there it is waited for when it goes away: what follows may take as long as another's `migrate`.
        nc.options.update(max_reconnect_attempts=-1, reconnect_time_wait=0.25)
        js = nc.jetstream()
        config = _stream_config(declaration.stream, replicas)
        await _patiently(lambda: _put_stream(js, config), f"stream {config.name}", deadline)
        for listen in declaration.listens:
            what = f"stream {listen.stream} (its owner's `migrate` creates it) for consumer {listen.durable}"
            if anew:
                with suppress(NotFoundError):
                    await js.delete_consumer(listen.stream, listen.durable)
            await _patiently(lambda listen=listen: _put_consumer(js, listen, replicas), what, deadline)
    finally:
        await nc.close()


def _without_credentials(nats_url: str) -> str:
    return ",".join(re.sub(r"(^|://)[^/]*@", r"\1", server.strip()) for server in nats_url.split(","))


async def _put_stream(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.update_stream(config)
    except NotFoundError:
        await js.add_stream(config)


async def _put_consumer(js: JetStreamContext, listen: ListenDeclaration, replicas: int) -> None:
    config = ConsumerConfig(
        name=listen.durable,
        durable_name=listen.durable,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        max_deliver=-1,
        max_ack_pending=1000,
        filter_subjects=listen.filter_subjects,
        num_replicas=replicas,
    )
    await js.add_consumer(listen.stream, config)


def _stream_config(declaration: StreamDeclaration, replicas: int) -> StreamConfig:
    return StreamConfig(
        name=declaration.name,
        subjects=declaration.subjects,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=MAX_AGE_SECONDS,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
        allow_atomic=True,
    )


async def _patiently(attempt: Callable[[], Awaitable[R]], what: str, deadline: float) -> R:
    """Repeat `attempt` until it succeeds; what may only be late is waited for until `deadline`."""
    waited = False
    while True:
        try:
            return await attempt()
        except (nats.errors.Error, OSError, TimeoutError) as error:
            if isinstance(error, APIError) and not isinstance(error, (NotFoundError, ServiceUnavailableError)):
                raise
            if time.monotonic() >= deadline:
                raise JetStreamNotReady(f"gave up waiting for {what}: {error}") from error
            if not waited:
                log.info("waiting_for", what=what)
                waited = True
            await asyncio.sleep(0.25)
