"""NATS is closed: every user through every subject, against what contracts/asyncapi.yaml says who publishes and hears.

The server runs with the product's own configuration; no service is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import nats.errors
import pytest
import yaml
from gamedesk_local import system
from gamedesk_local.layout import NATS_CONFIG, NATS_USERS
from gamedesk_local.nats_server import NatsServer
from gamedesk_testing.contracts import CONTRACTS
from nats.aio.client import Client

from tests.contract.services import NAMES

DOCUMENT: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8"))
ROOT = Path(__file__).parents[2]
DECLARED = {
    name: yaml.safe_load((ROOT / f"services/{name}/src/gamedesk_{name}/jetstream.yaml").read_text("utf-8"))
    for name in NAMES
}
STREAMS = [declared["stream"]["name"] for declared in DECLARED.values()]
DURABLES = [(listen["stream"], listen["durable"]) for d in DECLARED.values() for listen in d["listens"]]
USERS = [user for user in NATS_USERS if user != "admin"]

_STREAM_API = [
    *("CREATE", "UPDATE", "DELETE", "PURGE", "INFO", "MSG.GET", "MSG.DELETE"),
    *("SNAPSHOT", "RESTORE", "CONSUMER.LEADER.STEPDOWN"),
]
_CONSUMER_API = ["CREATE", "DURABLE.CREATE", "DELETE", "INFO", "MSG.NEXT", "PAUSE", "RESET", "UNPIN"]


def channels(action: str, service: str) -> set[str]:
    """The addresses that the contract lets a service send to, or receive from."""
    return {
        DOCUMENT["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"]
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == action and operation["x-service"] == service
    }


def publications() -> list[str]:
    """Every subject that somebody could think of publishing to."""
    events = [channel["address"] for channel in DOCUMENT["channels"].values()]
    api = [f"$JS.API.STREAM.{call}.{stream}" for stream in STREAMS for call in _STREAM_API]
    api += [f"$JS.API.STREAM.LIST.{stream}" for stream in STREAMS] + ["$JS.API.INFO", "$JS.API.STREAM.NAMES"]
    api += [f"$JS.API.DIRECT.GET.{stream}" for stream in STREAMS]
    api += [f"$JS.API.DIRECT.GET.{stream}.{event}" for stream in STREAMS for event in events[:1]]
    api += [f"$JS.API.CONSUMER.{call}.{stream}.{name}" for stream, name in DURABLES for call in _CONSUMER_API]
    api += [f"$JS.API.CONSUMER.{call}.{stream}" for stream in STREAMS for call in ("CREATE", "LIST", "NAMES")]
    api += [f"$JS.API.CONSUMER.CREATE.{stream}.stranger.{stream.lower()}.>" for stream in STREAMS]
    acks = [f"$JS.ACK.{stream}.{name}.1.1.1.1.1" for stream, name in DURABLES]
    inboxes = [f"_INBOX_{user}.x" for user in NATS_USERS] + ["_INBOX.x"]
    wishes = [f"wants.{stream}.{listener}" for listener in NAMES for stream in STREAMS]
    return [
        *events,
        *wishes,
        *api,
        *acks,
        *inboxes,
        "presence.open.v1",
        "$SYS.REQ.SERVER.PING",
        "$KV.any.key",
        "anything",
    ]


def subscriptions() -> list[str]:
    """Every subject that somebody could think of listening to."""
    events = [channel["address"] for channel in DOCUMENT["channels"].values()]
    inboxes = [f"_INBOX_{user}.>" for user in NATS_USERS] + ["_INBOX.>", "*.x"]
    streams = [f"{stream.lower()}.>" for stream in STREAMS]
    everything = [">", "*", "*.>", "$JS.>", "$JS.API.>", "$JS.ACK.>", "$JS.EVENT.ADVISORY.>", "$SYS.>"]
    wishes = [f"wants.{stream}.*" for stream in STREAMS] + ["wants.>", "wants.*.*"]
    return [*events, *inboxes, *streams, *wishes, *everything, "presence.>", "presence.open.v1"]


def may_publish(user: str) -> set[str]:
    if user == "gateway":
        return {"presence.open.v1"}
    own = DECLARED[user]
    allowed = channels("send", user) | {f"$JS.API.STREAM.INFO.{own['stream']['name']}"}
    allowed |= {f"wants.{stream}.{user}" for stream in STREAMS}
    for listen in own["listens"]:
        place = f"{listen['stream']}.{listen['durable']}"
        allowed |= {f"$JS.API.CONSUMER.MSG.NEXT.{place}", f"$JS.ACK.{place}.1.1.1.1.1"}
    return allowed


def may_subscribe(user: str) -> set[str]:
    if user != "gateway":  # services fetch, which is an answer to their own request, and hear what is wanted of them
        return {f"_INBOX_{user}.>", f"wants.{DECLARED[user]['stream']['name']}.*"}
    events = {channel["address"] for channel in DOCUMENT["channels"].values()}
    return events | {f"{stream.lower()}.>" for stream in STREAMS} | {"presence.>", "presence.open.v1"}


@dataclass
class Visitor:
    """A connection of one user, and what the server refused it."""

    client: Client
    refused: list[str] = field(default_factory=list)

    async def refusals(self) -> list[str]:
        await _arrived(self.client)
        return self.refused


async def _arrived(client: Client) -> None:
    """The server has dealt with all that `client` sent."""
    for _ in range(2):  # nats-py's first ping overtakes what it has buffered
        await client.flush()


async def _visit(server: NatsServer, user: str) -> Visitor:
    visitor = Visitor(Client())

    async def refused(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            visitor.refused.append(str(error).lower().split('"')[1])

    await visitor.client.connect(
        server.url(user, f"secret{user}"), error_cb=refused, allow_reconnect=False, inbox_prefix=f"_INBOX_{user}"
    )
    return visitor


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with furnished(tmp_path_factory.mktemp("nats")) as server:
        yield server


@contextmanager
def furnished(folder: Path) -> Iterator[NatsServer]:
    """A server with the product's configuration, streams with one event each, and the declared consumers."""
    passwords = {f"NATS_{user.upper()}_PASSWORD": f"secret{user}" for user in NATS_USERS}
    server = NatsServer(folder / "store", system.free_port(), NATS_CONFIG, passwords)
    server.start()
    try:
        asyncio.run(_furnish(server))
        yield server
    finally:
        server.kill()


async def _furnish(server: NatsServer) -> None:
    admin = await nats.connect(server.url("admin", "secretadmin"))
    js = admin.jetstream()
    for name, declared in DECLARED.items():
        stream = declared["stream"]
        await js.add_stream(name=stream["name"], subjects=stream["subjects"], allow_direct=True)
        await js.publish(f"{name}.first", f"{name}'s".encode())
    for stream, durable in DURABLES:
        await js.add_consumer(stream, durable_name=durable, ack_policy="explicit")
    await admin.close()


async def _walk(server: NatsServer, user: str, subjects: list[str], act: str) -> set[str]:
    """Do `act` with every subject as `user`; gives those that were not refused."""
    visitor = await _visit(server, user)
    do: Callable[..., Awaitable[Any]] = getattr(visitor.client, act)
    for subject in subjects:
        await (do(subject, b"") if act == "publish" else do(subject))
    refused = await visitor.refusals()
    await visitor.client.close()
    return {subject for subject in subjects if subject.lower() not in refused}


@pytest.mark.parametrize("user", USERS)
def test_a_user_publishes_what_the_contract_gives_him_and_nothing_else(broker: NatsServer, user: str) -> None:
    assert asyncio.run(_walk(broker, user, publications(), "publish")) == may_publish(user)


@pytest.mark.parametrize("user", USERS)
def test_a_user_listens_where_the_contract_lets_him_and_nowhere_else(broker: NatsServer, user: str) -> None:
    assert asyncio.run(_walk(broker, user, subscriptions(), "subscribe")) == may_subscribe(user)


def test_the_walk_finds_what_is_open(broker: NatsServer) -> None:
    """The administrator, who may do everything, is refused nothing: the walk's silence means permission."""
    harmless = [s for s in publications() if not s.startswith(("$JS.API", "$SYS"))]
    assert asyncio.run(_walk(broker, "admin", harmless, "publish")) == set(harmless)
    assert asyncio.run(_walk(broker, "admin", subscriptions(), "subscribe")) >= {">", "_INBOX_players.>", "$JS.API.>"}


def test_a_fetched_event_reaches_only_who_fetched_it(broker: NatsServer) -> None:
    """A reply to a fetch is the event itself: whoever could listen at all inboxes would read everybody's events."""

    async def overhear() -> tuple[list[bytes], list[str]]:
        spy = await _visit(broker, "catalog")
        heard: list[str] = []

        async def hear(message: Any) -> None:
            heard.append(message.subject)

        for subject in ("_INBOX.>", "_INBOX_tickets.>", "_INBOX_catalog.>", ">"):
            await spy.client.subscribe(subject, cb=hear)
        await spy.refusals()
        listener = await _visit(broker, "tickets")
        subscription = await listener.client.jetstream().pull_subscribe_bind("tickets-players", "PLAYERS")
        messages = await subscription.fetch(1, timeout=5)
        await messages[0].ack_sync(timeout=5)
        await spy.refusals()
        for visitor in (spy, listener):
            await visitor.client.close()
        return [message.data for message in messages], heard

    fetched, heard = asyncio.run(overhear())
    assert fetched == [b"players's"]
    assert heard == []


def test_no_reply_address_carries_a_request_to_the_administration(tmp_path: Path) -> None:
    """The server delivers a fetched event to whatever reply address the request names; that must not be an API call."""
    calls = [f"$JS.API.STREAM.{call}.{stream}" for call in ("PURGE", "DELETE") for stream in STREAMS]
    fetches = [(stream, durable) for stream, durable in DURABLES if durable.startswith("sales-")]
    assert {stream for stream, _ in fetches} == set(STREAMS) - {"SALES"}

    async def redirect(server: NatsServer) -> tuple[dict[str, int], dict[str, int]]:
        admin, visitor = await nats.connect(server.url("admin", "secretadmin")), await _visit(server, "sales")
        js = admin.jetstream()

        async def counts() -> dict[str, int]:
            return {stream: (await js.stream_info(stream)).state.messages for stream in STREAMS}

        for stream, _ in fetches:  # the streams have one event each, and so many more: one for each fetch
            for _ in calls:
                await js.publish(f"{stream.lower()}.more", b"")  # as requests to purge and to delete are
        before = await counts()
        arrived = await admin.subscribe("catalog.redirected")
        await _arrived(admin)
        for stream, durable in fetches:
            for reply in (*calls, "catalog.redirected"):
                await visitor.client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}", b"1", reply=reply)
        assert await visitor.refusals() == []
        for _ in fetches:  # each consumer's last: what was fetched before has gone to its reply address
            await arrived.next_msg(timeout=20)
        # A subscriber may hear of a message before its stream has stored it, but not of one that came later.
        await js.publish("catalog.last", b"")
        after = await counts()
        for client in (admin, visitor.client):
            await client.close()
        return before, after

    with furnished(tmp_path) as server:
        before, after = asyncio.run(redirect(server))
    assert min(before.values()) >= 1
    assert after == {**before, "CATALOG": before["CATALOG"] + len(fetches) + 1}


@pytest.mark.parametrize("sign_in", [("", ""), ("players", "secrettickets"), ("root", "root"), ("admin", "")])
def test_nobody_enters_without_the_right_password(broker: NatsServer, sign_in: tuple[str, str]) -> None:
    async def enter() -> None:
        async def ignore(_error: Exception) -> None:
            pass

        await nats.connect(broker.url(*sign_in), allow_reconnect=False, connect_timeout=2, error_cb=ignore)

    with pytest.raises(nats.errors.Error):
        asyncio.run(enter())
