"""A service that stands still, or is gone: the home page answers in time, a command says what became of it, and
repeating it with its key does it once (B9)."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import psutil
import pytest

from tests.conftest import Site
from tests.desk import Desk, Person
from tests.extra_gateway import extra_gateway

pytestmark = [pytest.mark.product, pytest.mark.faults]

# The gateway's deadlines, and what a busy machine may add to them.
HOME_SECONDS, CALL_SECONDS, BUSY = 1, 2, 4
SECTIONS = {"player", "tickets", "pitch", "touches", "quotes", "orders"}


@pytest.fixture(scope="module")
def gateway(site: Site) -> Iterator[str]:
    if site.product is None:
        pytest.skip("this product was started elsewhere, its processes are not ours to stop")
    deadlines = {"GAMEDESK_HOME_DEADLINE": str(HOME_SECONDS), "GAMEDESK_CALL_DEADLINE": str(CALL_SECONDS)}
    with extra_gateway(site.product, **deadlines) as url:
        yield url


@contextmanager
def standing_still(site: Site) -> Iterator[None]:
    root = psutil.Process(site.product.pid("tickets-web"))
    processes = [root, *root.children(recursive=True)]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


@contextmanager
def gone(site: Site) -> Iterator[None]:
    site.product.kill("tickets-web")
    try:
        yield
    finally:
        site.product.restart("tickets-web")


@pytest.mark.parametrize("trouble", [standing_still, gone])
def test_home_is_in_time_and_a_repeated_command_is_done_once__B9_I7(
    site: Site,
    gateway: str,
    hire: Callable[..., Person],
    desk: Desk,
    trouble: Callable[[Site], AbstractContextManager[None]],
) -> None:
    agent = hire()
    agent.http.base_url, agent.http.headers["Origin"] = f"{gateway}/api", gateway
    player_id = agent.create_player()["player_id"]

    def statuses() -> dict[str, str]:
        home = agent.home(player_id)
        return {name: home[name]["status"] for name in SECTIONS}

    desk.eventually(lambda: set(statuses().values()) == {"ok"})
    question, key = {"player_id": player_id, "detail": "充值未到账"}, uuid4().hex
    with trouble(site):
        started = time.monotonic()
        found = statuses()
        assert time.monotonic() - started < HOME_SECONDS + BUSY
        assert {name for name, status in found.items() if status != "ok"} == {"tickets"}

        started = time.monotonic()
        refused = agent.post("/tickets", question, key=key)
        assert time.monotonic() - started < CALL_SECONDS + BUSY
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["service"] == "tickets"
        assert refused.json()["outcome"] in ("not-done", "unknown")

    desk.eventually(lambda: agent.post("/tickets", question, key=key).status_code == 201, within=20)
    desk.eventually(lambda: set(statuses().values()) == {"ok"}, within=20)
    assert len(agent.get("/tickets", player_id=player_id).json()["items"]) == 1
