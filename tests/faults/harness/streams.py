"""What an administrator of NATS may do to the streams of a cluster, past its links."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import nats
from gamedesk_chassis.events import CONTENT_TYPE, CONTENT_TYPE_HEADER, MSG_ID_HEADER
from gamedesk_chassis.streams import ensure_streams_and_consumers
from nats.js import JetStreamContext

from tests.faults.harness.cluster import Cluster

R = TypeVar("R")
REPEATED = 200  # messages, the youngest


def ensure(cluster: Cluster) -> None:
    """Make streams and consumers as they are declared, as `migrate` does."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: ensure_streams_and_consumers(cluster.admin_nats, each), cluster.declarations()))


def fill(cluster: Cluster, stream: str) -> None:
    """Let the stream hold no more than it holds now."""

    async def do(js: JetStreamContext) -> None:
        info = await js.stream_info(stream)
        info.config.max_msgs = max(1, info.state.messages)
        await js.update_stream(info.config)

    _as_admin(cluster, do)


def repeat(cluster: Cluster, stream: str) -> int:
    """Publish again, under other message ids and in an order of chance, what the stream holds; how many messages."""

    async def do(js: JetStreamContext) -> int:
        state = (await js.stream_info(stream)).state
        numbers = list(range(max(state.first_seq, state.last_seq - REPEATED + 1), state.last_seq + 1))
        messages = [await js.get_msg(stream, number) for number in numbers]
        random.Random(stream).shuffle(messages)
        for message in messages:
            headers = {MSG_ID_HEADER: uuid4().hex, CONTENT_TYPE_HEADER: CONTENT_TYPE}
            await js.publish(message.subject or "", message.data or b"", headers=headers)
        return len(messages)

    return _as_admin(cluster, do)


def acknowledge_within(cluster: Cluster, stream: str, durable: str, seconds: float) -> None:
    """Let a consumer get again after so long what it did not acknowledge."""

    async def do(js: JetStreamContext) -> None:
        config = (await js.consumer_info(stream, durable)).config
        config.ack_wait = seconds
        await js.add_consumer(stream, config)

    _as_admin(cluster, do)


def _as_admin(cluster: Cluster, do: Callable[[JetStreamContext], Awaitable[R]]) -> R:
    async def connected() -> R:
        client = await nats.connect(cluster.admin_nats, max_reconnect_attempts=2, connect_timeout=5)
        try:
            return await do(client.jetstream(timeout=10))
        finally:
            await client.close()

    return asyncio.run(connected())
