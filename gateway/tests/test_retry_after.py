"""When to come again: what a service says, or its circuit, reaches whoever asked."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest
from gamedesk_gateway.session import cookie

from .conftest import PLAYER_ID, Gateway
from .servers import Answer
from .test_price_impact import PREVIEW, QUESTION
from .test_references import BODY, KEY, not_yet_known

PROBLEM = {"type": "urn:gamedesk:problem:unavailable", "title": "wait", "status": 503}
IN_SEVEN: Answer = (503, PROBLEM, {"content-type": "application/problem+json", "retry-after": "7"})
Ask = Callable[[httpx.Client], httpx.Response]


@pytest.mark.parametrize(
    ("service", "path", "ask"),
    [
        ("players", f"/players/{PLAYER_ID}", lambda agent: agent.post("/api/tickets", json=BODY, headers=KEY)),
        ("players", "/players", lambda agent: agent.get("/api/ticket-search", params={"q": "孙悟空"})),
        ("tickets", "/tickets", lambda agent: agent.get("/api/exports/tickets")),
        ("catalog", "/price-impacts", lambda agent: agent.post(PREVIEW, json=QUESTION)),
    ],
    ids=["the owner of a reference", "a search", "an export", "a preview"],
)
def test_a_service_that_says_when_is_quoted(
    gateway: Gateway, agent: httpx.Client, service: str, path: str, ask: Ask
) -> None:
    gateway.stubs["tickets"].answers["/tickets"] = not_yet_known("player", PLAYER_ID)
    gateway.stubs[service].answers[path] = IN_SEVEN

    answer = ask(agent)

    assert (answer.status_code, answer.json()["service"], answer.headers["retry-after"]) == (503, service, "7")


def with_token_that_is_over(gateway: Gateway) -> httpx.Response:
    """A request with a cookie whose renewal has to come first."""
    ago = time.time() - 1
    keys = cookie.SessionKeys(gateway.settings.session_key_file)
    session = cookie.Session("access", "refresh", ago, ago, {})
    value = cookie.SessionCookie(keys, secure=False).holding(session).partition(";")[0]
    return gateway.http.get("/api/tickets", headers={"Cookie": value})


def test_a_renewal_that_players_puts_off_says_when(gateway: Gateway) -> None:
    gateway.stubs["players"].answers["/sessions/refresh"] = IN_SEVEN

    answer = with_token_that_is_over(gateway)

    assert (answer.status_code, answer.json()["service"], answer.headers["retry-after"]) == (503, "players", "7")
