"""Signing out while players is in trouble: the session ends all the same, a little later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from gamedesk_gateway.session import cookie, sign_outs
from gamedesk_testing import eventually
from prometheus_client import REGISTRY

from .conftest import Gateway
from .test_session import FROM_THE_CONSOLE

REVOKE = "/sessions/revoke"
UNAVAILABLE = (503, {"type": "urn:gamedesk:problem:unavailable", "title": "wait", "status": 503})


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_outs, "PAUSES", (0.05,) * 200)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was warned of."""
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(sign_outs.log, "warning", lambda event, **more: said.append((event, more)))
    return said


def sign_out(gateway: Gateway, refresh_token: str) -> None:
    """Of a session with that token, whose cookie is gone afterwards."""
    later = time.time() + 1000
    session = cookie.Session("access", refresh_token, later, later, {})
    keys = cookie.SessionKeys(gateway.settings.session_key_file)
    value = cookie.SessionCookie(keys, secure=False).holding(session).partition(";")[0]

    answer = gateway.http.delete("/api/session", headers={**FROM_THE_CONSOLE, "Cookie": value})

    assert answer.status_code == 204
    assert f"{cookie.NAME}=; Max-Age=0" in answer.headers["set-cookie"]


def waiting() -> float | None:
    return REGISTRY.get_sample_value("gamedesk_sign_outs_waiting")


def told(gateway: Gateway) -> list[str]:
    """The tokens that players was told to revoke."""
    return [orjson.loads(request.body)["refresh_token"] for request in gateway.stubs["players"].asked(REVOKE)]


def test_a_sign_out_while_players_is_down_is_told_when_it_is_back(gateway: Gateway) -> None:
    gateway.stubs["players"].answers[REVOKE] = (204, b"")
    gateway.servers["players"].stop()
    sign_out(gateway, "of one who left")

    gateway.servers["players"].start()

    eventually(lambda: told(gateway) == ["of one who left"])


def test_a_sign_out_that_players_puts_off_is_told_again_until_it_is_done(gateway: Gateway) -> None:
    players = gateway.stubs["players"]
    players.answers[REVOKE] = UNAVAILABLE
    sign_out(gateway, "put off")
    eventually(lambda: len(told(gateway)) > 2)

    players.answers[REVOKE] = (204, b"")
    eventually(lambda: waiting() == 0)

    players.received.clear()
    sign_out(gateway, "another")
    assert told(gateway) == ["another"], "and the first is not told any more"


def test_a_sign_out_that_cannot_be_told_is_given_up_aloud(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, warnings: list[Any]
) -> None:
    monkeypatch.setattr(sign_outs, "PAUSES", (0.01, 0.01))
    gateway.stubs["players"].answers[REVOKE] = UNAVAILABLE

    sign_out(gateway, "for nothing")

    eventually(lambda: warnings)
    assert warnings == [("session_not_revoked", {"reason": "status 503"})]
    assert told(gateway) == ["for nothing"] * 3


def test_a_sign_out_that_players_refuses_is_not_told_again(gateway: Gateway, warnings: list[Any]) -> None:
    gateway.stubs["players"].answers[REVOKE] = (400, {"type": "urn:gamedesk:problem:invalid-request", "status": 400})

    sign_out(gateway, "refused")

    assert warnings == [("session_not_revoked", {"reason": "status 400"})]
    assert told(gateway) == ["refused"]


def test_no_more_sign_outs_wait_than_there_are_places(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, warnings: list[Any]
) -> None:
    monkeypatch.setattr(sign_outs, "MOST", 1)
    players = gateway.stubs["players"]
    players.answers[REVOKE] = UNAVAILABLE
    sign_out(gateway, "first")

    sign_out(gateway, "second")

    assert warnings == [("session_not_revoked", {"reason": "status 503"})]
    players.answers[REVOKE] = (204, b"")
    eventually(lambda: waiting() == 0)
    assert told(gateway).count("second") == 1


def test_those_who_wait_hold_up_no_shutdown_and_are_named_in_the_log(
    gateway_with: Callable[..., Gateway], monkeypatch: pytest.MonkeyPatch, warnings: list[Any]
) -> None:
    monkeypatch.setattr(sign_outs, "PAUSES", (3600.0,))
    leaving = gateway_with()
    leaving.stubs["players"].answers[REVOKE] = UNAVAILABLE
    sign_out(leaving, "too late")

    leaving.served.stop()

    assert warnings == [("session_not_revoked", {"reason": "shutdown"})]
    assert waiting() == 0
