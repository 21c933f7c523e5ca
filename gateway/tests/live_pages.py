"""Pages that listen, and what services publish, for the tests of live changes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import nats
import orjson
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .test_home import card, page

TEAMS = {"KF001": ("admin", "A"), "KF002": ("lead", "A"), "KF003": ("agent", "A"), "KF004": ("agent", "B")}
NOBODYS_LEAD = ("KF005", ("lead", "B"))


class Page:
    """A page that listens: `events` are (name, data) in the order of their arrival."""

    def __init__(self, gateway: Gateway, token: str, *players: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self.comments = 0
        self.over = threading.Event()
        self._socket: socket.socket | None = None
        self._client = gateway.as_agent(token)
        self._players = players
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            timeout = httpx.Timeout(5, read=60)
            params = {"player": list(self._players)}
            with self._client.stream("GET", "/api/live", params=params, timeout=timeout) as response:
                self._socket = response.extensions["network_stream"].get_extra_info("socket")
                name = ""
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.events.append((name, orjson.loads(line.removeprefix("data: "))))
                    elif line.startswith(":"):
                        self.comments += 1
        except httpx.HTTPError:
            pass
        self.over.set()

    def of(self, name: str) -> list[Any]:
        return [data for event, data in self.events if event == name]

    def has_open(self) -> list[str] | None:
        """Who has the player open, as it was said last."""
        said = self.of("presence")
        return said[-1]["agents"] if said else None

    def close(self) -> None:
        """Break the connection; closing the client alone would wait for the next byte to be noticed."""
        if self._socket is not None and not self.over.is_set():
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.over.wait(5)
        self._client.close()


class Bus:
    """What services publish, published by hand."""

    def __init__(self, url: str) -> None:
        self._url = url

    def publish(self, type: str, data: dict[str, Any], **fields: Any) -> None:
        event = Event(
            id=new_id(), source="/x", type=type, subject="x", time=datetime.now(UTC), data=data,
            **{"aggregateversion": 3, "actor": "KF009", **fields},
        )  # fmt: skip
        self.send(type, event.to_bytes())

    def send(self, subject: str, data: bytes) -> None:
        async def send() -> None:
            client = await nats.connect(self._url)
            await client.publish(subject, data)
            await client.drain()

        asyncio.run(send())

    def ticket(self, player_id: str = PLAYER_ID, assignee: str | None = None, **fields: Any) -> None:
        data = {"ticket_id": "t1", "player_id": player_id, "assignee_agent_id": assignee, "number": "T-000001"}
        self.publish("tickets.ticket.updated.v1", data, **fields)

    def mark(self) -> None:
        """An event for everybody: what was published before it has been passed on when it arrives."""
        self.publish("catalog.item.updated.v1", {"item_id": "mark"})


def know_the_house(gateway: Gateway) -> None:
    """KF003 owns PLAYER_ID, KF004 (another team) owns OTHER_ID."""
    owners = {PLAYER_ID: "KF003", OTHER_ID: "KF004"}
    agents = [
        {"agent_id": agent_id, "role": role, "team": team, "active": True}
        for agent_id, (role, team) in [*TEAMS.items(), NOBODYS_LEAD]
    ]
    gateway.stubs["players"].answers["/agents"] = page(*agents)
    gateway.stubs["players"].answers["/player-cards"] = lambda request: page(
        *(card(i, owners[i]) for i in request.target.partition("ids=")[2].split(",") if i in owners)
    )


@contextmanager
def listening(gateway: Gateway, token_for: Any, eventually: Any) -> Iterator[Callable[..., Page]]:
    """`listen("KF003", PLAYER_ID)`: a page of that agent that has been greeted and hears of changes."""
    know_the_house(gateway)
    with ExitStack() as opened:

        def listen(agent_id: str, *players: str, **token: Any) -> Page:
            role, team = dict([*TEAMS.items(), NOBODYS_LEAD]).get(agent_id, ("agent", "Z"))
            listener = Page(gateway, token_for(agent_id, role, team, **token), *players)
            opened.callback(listener.close)
            eventually(lambda: {"nats": "up"} in listener.of("state"))
            return listener

        yield listen


def heard_of(page: Page, bus: Bus, eventually: Any) -> list[Any]:
    """What the page heard of, up to now, besides the mark."""
    before = len([c for c in page.of("change") if c["ids"] == {"item_id": "mark"}])
    bus.mark()
    eventually(lambda: len([c for c in page.of("change") if c["ids"] == {"item_id": "mark"}]) > before)
    return [change for change in page.of("change") if change["ids"] != {"item_id": "mark"}]
