"""Live changes: whom they reach, who has what open, and streams that end (B12)."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import nats
import orjson
import pytest
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_gateway.live import presence as presence_module
from gamedesk_gateway.live.presence import Presence
from gamedesk_local.system import free_port

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .test_home import card, page, player

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


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], nats_url: str) -> Gateway:
    return gateway_with(nats_url=nats_url)


@pytest.fixture
def bus(nats_url: str) -> Bus:
    return Bus(nats_url)


@pytest.fixture
def listen(gateway: Gateway, token_for: Any, eventually: Any) -> Iterator[Callable[..., Page]]:
    """`listen("KF003", PLAYER_ID)`: a page of that agent that has been greeted and hears of changes."""
    know_the_house(gateway)
    with ExitStack() as opened:

        def open_page(agent_id: str, *players: str, **token: Any) -> Page:
            role, team = dict([*TEAMS.items(), NOBODYS_LEAD]).get(agent_id, ("agent", "Z"))
            listener = Page(gateway, token_for(agent_id, role, team, **token), *players)
            opened.callback(listener.close)
            eventually(lambda: {"nats": "up"} in listener.of("state"))
            return listener

        yield open_page


def heard_of(page: Page, bus: Bus, eventually: Any) -> list[Any]:
    """What the page heard of, up to now, besides the mark."""
    before = len([c for c in page.of("change") if c["ids"] == {"item_id": "mark"}])
    bus.mark()
    eventually(lambda: len([c for c in page.of("change") if c["ids"] == {"item_id": "mark"}]) > before)
    return [change for change in page.of("change") if change["ids"] != {"item_id": "mark"}]


def test_a_change_carries_kind_and_ids_and_nothing_else(listen: Callable[..., Page], bus: Bus, eventually: Any) -> None:
    owner = listen("KF003")

    bus.ticket()

    [change] = heard_of(owner, bus, eventually)
    assert change == {
        "kind": "ticket",
        "type": "tickets.ticket.updated.v1",
        "ids": {"player_id": PLAYER_ID, "ticket_id": "t1"},
        "version": 3,
        "actor": "KF009",
    }
    assert owner.events[0][0] == "hello"


def test_a_change_reaches_owner_assignee_lead_admin_and_who_has_the_player_open(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {
        "admin": listen("KF001"),
        "lead of the owner": listen("KF002"),
        "owner": listen("KF003"),
        "stranger": listen("KF004"),
        "lead of another team": listen("KF005"),
        "has him open": listen("KF006", OTHER_ID, PLAYER_ID),
        "has another open": listen("KF007", OTHER_ID),
    }

    bus.ticket()
    reached = {who for who, listener in pages.items() if heard_of(listener, bus, eventually)}
    assert reached == {"admin", "lead of the owner", "owner", "has him open"}

    bus.ticket(assignee="KF004")
    reached = {who for who, listener in pages.items() if len(heard_of(listener, bus, eventually)) == 2}
    assert reached == {"admin", "lead of the owner", "owner", "has him open"}
    assert heard_of(pages["stranger"], bus, eventually), "assigned"
    assert heard_of(pages["lead of another team"], bus, eventually), "leads the assignee"
    assert not heard_of(pages["has another open"], bus, eventually)


def test_catalog_reaches_everybody_and_unknown_kinds_nobody(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    stranger, admin = listen("KF006"), listen("KF001")

    bus.publish("catalog.pack.updated.v1", {"pack_id": "p", "code": "K7M2X", "name": "周末礼包"})
    bus.publish("tickets.gossip.spread.v1", {"player_id": PLAYER_ID})
    bus.send("tickets.ticket.updated.v1", b"not an event")
    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID})
    bus.ticket(republication=True)

    assert [change["ids"] for change in heard_of(stranger, bus, eventually)] == [{"pack_id": "p"}]
    assert [change["kind"] for change in heard_of(admin, bus, eventually)] == ["pack"]


def test_a_pack_that_goes_to_review_is_a_notice_to_its_maker_and_the_leads_of_his_team__B1(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {
        "maker": listen("KF003"),
        "lead of his team": listen("KF002"),
        "admin": listen("KF001"),
        "colleague": listen("KF006"),
        "lead of another team": listen("KF005"),
    }
    pack = {"state": "review", "created_by": "KF003", "review_reason": "discount"}

    bus.publish("catalog.pack.updated.v1", {"pack_id": "sold", "state": "active", "created_by": "KF003"})
    bus.publish("catalog.pack.updated.v1", {"pack_id": "broken", **pack})

    for page_of_one in pages.values():
        heard_of(page_of_one, bus, eventually)
    told = {who: [n["ids"]["pack_id"] for n in listener.of("notice")] for who, listener in pages.items()}
    assert told == {
        "maker": ["broken"],
        "lead of his team": ["broken"],
        "admin": [],
        "colleague": [],
        "lead of another team": [],
    }


def test_a_pack_that_stays_in_review_is_a_notice_once_until_it_goes_there_again__B1(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    maker = listen("KF003")
    pack = {"pack_id": "stays", "created_by": "KF003"}

    for state in ("review", "review", "active", "review", "review"):
        bus.publish("catalog.pack.updated.v1", {**pack, "state": state})

    changes = [change for change in heard_of(maker, bus, eventually) if change["ids"] == {"pack_id": "stays"}]
    assert (len(changes), len(maker.of("notice"))) == (5, 2)


def test_a_follow_up_that_is_due_reaches_whose_it_is_his_lead_and_the_players_owner__R18(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {agent_id: listen(agent_id) for agent_id in ("KF001", "KF002", "KF003", "KF004", "KF005", "KF006")}
    due = {"player_id": PLAYER_ID, "touch_id": "t", "proposal_id": None, "due_on": "2026-11-22"}

    bus.publish("sales.follow_up.due.v1", {**due, "agent_id": "KF003"})
    reached = {who for who, listener in pages.items() if heard_of(listener, bus, eventually)}
    assert reached == {"KF001", "KF002", "KF003"}, "the player's owner, whose it is, his lead, and the admin"

    bus.publish("sales.follow_up.due.v1", {**due, "agent_id": "KF004"})
    assert heard_of(pages["KF004"], bus, eventually), "whom it names"
    assert len(heard_of(pages["KF003"], bus, eventually)) == 2


def test_a_handoff_reaches_both_and_moves_what_follows(listen: Callable[..., Page], bus: Bus, eventually: Any) -> None:
    before, after = listen("KF003"), listen("KF004")
    bus.ticket()
    assert len(heard_of(before, bus, eventually)) == 1

    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF004"})
    assert [c["kind"] for c in heard_of(before, bus, eventually)] == ["ticket", "player"]
    assert [c["kind"] for c in heard_of(after, bus, eventually)] == ["player"]

    bus.ticket()
    assert len(heard_of(before, bus, eventually)) == 2
    assert len(heard_of(after, bus, eventually)) == 2
    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF003"})


def test_a_player_who_changed_is_not_shown_as_he_was(
    listen: Callable[..., Page], gateway: Gateway, agent: httpx.Client, bus: Bus, eventually: Any
) -> None:
    gateway.stubs["players"].answers[f"/players/{PLAYER_ID}"] = (200, player(None))
    assert agent.get(f"/api/home/players/{PLAYER_ID}").json()["player"]["status"] == "ok"
    listener = listen("KF003")

    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF003"})

    heard_of(listener, bus, eventually)
    gateway.stubs["players"].fault = "500"
    assert agent.get(f"/api/home/players/{PLAYER_ID}").json()["player"]["status"] == "unavailable"


def test_a_deactivated_agent_is_shown_out(listen: Callable[..., Page], bus: Bus) -> None:
    leaver = listen("KF008")

    bus.publish("players.agent.updated.v1", {"agent_id": "KF008", "role": "agent", "team": "Z", "active": False})

    assert leaver.over.wait(10)
    assert leaver.events[-1][0] == "bye"


def test_a_stream_ends_with_its_token(listen: Callable[..., Page]) -> None:
    started = time.monotonic()
    page = listen("KF003", expires_in=2)

    assert page.over.wait(10)
    assert page.events[-1] == ("bye", {})
    assert time.monotonic() - started < 5


def test_nobody_listens_without_a_token(gateway: Gateway) -> None:
    assert gateway.http.get("/api/live").status_code == 401


def test_an_agent_may_have_so_many_streams_and_no_more(
    listen: Callable[..., Page], gateway: Gateway, token_for: Any
) -> None:
    pages = [listen("KF010") for _ in range(20)]

    with gateway.as_agent(token_for("KF010")) as client:
        refused = client.get("/api/live")

    assert refused.status_code == 429
    assert all(not page.over.is_set() for page in pages)


def test_agents_see_who_else_has_a_player_open__B12(
    listen: Callable[..., Page], gateway_with: Any, nats_url: str, token_for: Any, eventually: Any
) -> None:
    first = listen("KF003", PLAYER_ID)
    eventually(lambda: first.has_open() == ["KF003"])
    second = listen("KF004", PLAYER_ID, OTHER_ID)
    eventually(lambda: first.has_open() == ["KF003", "KF004"])
    assert {"kind": "presence", "player_id": PLAYER_ID, "agents": ["KF003", "KF004"]} in second.of("presence")
    assert all(seen["player_id"] == PLAYER_ID for seen in first.of("presence"))

    replica = gateway_with(nats_url=nats_url)
    elsewhere = Page(replica, token_for("KF006"), PLAYER_ID)
    eventually(lambda: first.has_open() == ["KF003", "KF004", "KF006"])
    elsewhere.close()
    second.close()
    eventually(lambda: first.has_open() == ["KF003"])


def test_presence_that_nobody_repeats_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[list[str]] = []
    presence = Presence(lambda _player, _data: None, lambda _player, agents: shown.append(agents))
    presence.heard("p", {"gateway": "another", "agents": ["KF001"]})
    presence.heard("p", {"gateway": "another", "agents": ["KF001"]})
    presence.heard("p", {"gateway": "broken"})
    presence.forget()
    assert presence.agents("p") == ["KF001"]

    later = time.monotonic() + presence_module.FORGET_SECONDS + 1
    monkeypatch.setattr(presence_module.time, "monotonic", lambda: later)
    presence.forget()

    assert shown == [["KF001"], []]
    assert presence.agents("p") == []


def test_a_page_is_told_when_nats_is_away_and_the_rest_works_on(
    gateway_with: Any, fresh_nats: Any, token_for: Any, eventually: Any
) -> None:
    gateway = gateway_with(nats_url=fresh_nats.url())
    know_the_house(gateway)
    page = Page(gateway, token_for("KF003"), PLAYER_ID)
    eventually(lambda: page.of("state")[-1:] == [{"nats": "up"}])

    fresh_nats.kill()
    eventually(lambda: page.of("state")[-1:] == [{"nats": "down"}])
    with gateway.as_agent(token_for("KF003")) as client:
        assert client.get("/api/agents").status_code == 200
    late = Page(gateway, token_for("KF004"), PLAYER_ID)
    eventually(lambda: late.of("state") == [{"nats": "down"}])
    eventually(lambda: page.has_open() == ["KF003", "KF004"])

    fresh_nats.start()
    eventually(lambda: page.of("state")[-1:] == [{"nats": "up"}], within=15)
    Bus(fresh_nats.url()).ticket()
    eventually(lambda: page.of("change"))


def test_a_gateway_that_starts_without_nats_finds_it_later(
    gateway_with: Any, fresh_nats: Any, token_for: Any, eventually: Any
) -> None:
    fresh_nats.stop()
    gateway = gateway_with(nats_url=fresh_nats.url())
    page = Page(gateway, token_for("KF003"))
    eventually(lambda: page.of("state") == [{"nats": "down"}])

    fresh_nats.start()

    eventually(lambda: page.of("state")[-1:] == [{"nats": "up"}], within=15)


def test_without_players_a_change_still_reaches_whom_it_names(
    listen: Callable[..., Page], gateway: Gateway, bus: Bus, eventually: Any
) -> None:
    assignee = listen("KF004")
    gateway.servers["players"].stop()
    unheard_of = "019aa000-0000-7000-8000-00000000ffff"

    bus.ticket(unheard_of, assignee="KF004")

    assert len(heard_of(assignee, bus, eventually)) == 1


def test_streams_end_when_the_process_is_told_to_stop(gateway_with: Any, token_for: Any, eventually: Any) -> None:
    """The server waits for open answers before it stops: streams must not keep it."""
    gateway = gateway_with()
    names = ("players_url", "tickets_url", "sales_url", "catalog_url", "jwks_file", "session_key_file", "nats_url")
    environment = {f"GAMEDESK_{name.upper()}": str(getattr(gateway.settings, name)) for name in names}
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:gamedesk_chassis.gunicorn_conf"]
    process = subprocess.Popen(
        [*command, "gamedesk_gateway.app:create_app()"],
        env={**os.environ, **environment, "GAMEDESK_HTTP_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        live = f"http://127.0.0.1:{port}"
        eventually(lambda: answers(f"{live}/health/ready"), within=30)
        page = Page(Gateway(live, gateway.settings, {}, {}, gateway.served, gateway.http), token_for("KF003"))
        eventually(lambda: page.of("hello"))
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        assert time.monotonic() - started < 10
        assert page.over.wait(5)
        assert page.events[-1][0] == "bye"
    finally:
        process.kill()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
