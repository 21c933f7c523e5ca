"""What lies in the streams, and what is put there to be refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import nats
from gamedesk_chassis.events import MSG_ID_HEADER, Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.service import Service
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

from tests.faults.harness.checks.evidence import OWNED, Published

POISONS = ("players.player.updated.v1", "catalog.pack.updated.v1", "tickets.ticket.updated.v1")
_AT_ONCE = 500
_SAME = timedelta(milliseconds=1)  # the server counts nanoseconds

Listeners = Mapping[str, tuple[str, Sequence[str]]]  # durable consumer → its service, the types it handles

Stream = Mapping[str, Any]  # as the server's monitoring shows it


def by_name(report: Mapping[str, Any]) -> dict[str, Stream]:
    """The streams of what `/jsz` answers."""
    accounts = report.get("account_details", [])
    return {stream["name"]: stream for account in accounts for stream in account.get("stream_detail") or []}


def is_whole(stream: Stream | None, created: str, last_seq: int) -> bool:
    """Whether a stream is the one that its owner has published to so far (see `relay_mark`)."""
    try:
        made = datetime.fromisoformat(created)
    except ValueError:  # its owner knows that it is not
        return False
    if stream is None or abs(made - datetime.fromisoformat(stream["created"])) > _SAME:
        return False
    return stream["state"]["last_seq"] >= last_seq


def listens() -> Listeners:
    """What the services state that they listen to."""
    services: list[Service] = [import_module(f"gamedesk_{name}.__main__").SERVICE for name in OWNED]
    return {
        durable: (service.name, tuple(handlers))
        for service in services
        for durable, handlers in service.listeners.items()
    }


async def published(url: str) -> list[Published]:
    """Everything in all streams; `url`: of an administrator."""
    connection = await nats.connect(url)
    try:
        return [event for service in OWNED for event in await _of_stream(connection, service)]
    finally:
        await connection.close()


async def plant(url: str, listeners: Listeners, types: Sequence[str] = POISONS) -> dict[str, set[UUID]]:
    """Put events into the streams whose data nobody can use; consumer → the ids of those that are for it."""
    planted: dict[str, set[UUID]] = defaultdict(set)
    connection = await nats.connect(url)
    try:
        for type in types:
            event = Event(
                id=new_id(),
                source=f"/{type.partition('.')[0]}",
                type=type,
                subject="poison",
                time=datetime.now(UTC),
                aggregateversion=1,
                data={"planted": True},
            )
            headers = {MSG_ID_HEADER: str(event.id)}
            await connection.jetstream().publish(event.type, event.to_bytes(), headers=headers)
            for consumer, (_, taken) in listeners.items():
                if type in taken:
                    planted[consumer].add(event.id)
    finally:
        await connection.close()
    return dict(planted)


async def _of_stream(connection: Client, service: str) -> list[Published]:
    js, stream = connection.jetstream(), service.upper()
    last = (await js.stream_info(stream)).state.last_seq
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=30)
    reader = await js.pull_subscribe(f"{service}.>", stream=stream, config=config)
    found: list[Published] = []
    at = max(0, (await js.stream_info(stream)).state.first_seq - 1)  # of an empty one it is 0
    while at < last:
        for message in await reader.fetch(_AT_ONCE, timeout=5):
            at = message.metadata.sequence.stream
            found.append(Published(stream, str(Event.from_bytes(message.data).id), message.subject))
    return found
