"""Streams of live changes: who has what open, how they end, and what they say while NATS is away (B12)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from gamedesk_gateway.live import presence as presence_module
from gamedesk_gateway.live.presence import Presence
from gamedesk_local.system import free_port

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .live_pages import Bus, Page, know_the_house, listening


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], nats_url: str) -> Gateway:
    return gateway_with(nats_url=nats_url)


@pytest.fixture
def listen(gateway: Gateway, token_for: Any, eventually: Any) -> Iterator[Callable[..., Page]]:
    with listening(gateway, token_for, eventually) as listen:
        yield listen


@pytest.fixture
def bus(nats_url: str) -> Bus:
    return Bus(nats_url)


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


def test_streams_end_when_the_process_is_told_to_stop(gateway_with: Any, token_for: Any, eventually: Any) -> None:
    """The server waits for open answers before it stops: streams must not keep it."""
    gateway = gateway_with()
    names = ("players_url", "tickets_url", "sales_url", "catalog_url", "jwks_file", "session_key_file", "nats_url")
    environment = {f"GAMEDESK_{name.upper()}": str(getattr(gateway.settings, name)) for name in names}
    environment["GAMEDESK_GATEWAY_KEY"] = gateway.settings.gateway_key.get_secret_value()
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
