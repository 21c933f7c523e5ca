"""Signing in, renewing and signing out, against the real players service."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_chassis import client_address
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import migrate
from gamedesk_gateway.session import cookie, renewal
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.app import create_app
from gamedesk_players.commands import sessions
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.model.agents import NewAgent
from gamedesk_players.settings import Settings
from starlette.datastructures import Headers

from .conftest import Gateway, new_key
from .servers import Received, Served

PASSWORD = "a long password"
CREDENTIALS = {"agent_id": "KF001", "password": PASSWORD}
FROM_THE_CONSOLE = {"Sec-Fetch-Site": "same-origin"}


def migrate_players(url: str) -> None:
    migrate(url, SERVICE.migrations)
    database = Database(url, pool_size=1)
    database.transact(create_agent, None, NewAgent("KF001", "管理员", PASSWORD, "wx_KF001", "微信一号", "admin"))
    database.dispose()


@pytest.fixture(scope="module")
def players_app(fresh_database: Callable[..., str], keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    games = tmp_path_factory.mktemp("games") / "games.yaml"
    games.write_text("games: []")
    settings = Settings(
        database_url=fresh_database("players", migrate_players),
        jwks_file=keys.jwks_file,
        signing_key_file=keys.signing_key_file,
        gateway_key=keys.gateway_key,
        games_file=games,
        web_threads=4,
        log_level="ERROR",
    )
    return create_app(settings)


@pytest.fixture(scope="module")
def players(players_app: Any) -> Iterator[Served]:
    served = Served(players_app)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], players: Served) -> Gateway:
    return gateway_with(players_url=players.url)


def sign_in(gateway: Gateway) -> str:
    """Sign in as the console does; the cookie's value."""
    response = gateway.http.post("/api/session", json=CREDENTIALS, headers=FROM_THE_CONSOLE)
    assert response.status_code == 201, response.text
    return gateway.http.cookies[cookie.NAME]


def held_in(gateway: Gateway, value: str) -> cookie.Session:
    keys = cookie.SessionKeys(gateway.settings.session_key_file)
    session = cookie.SessionCookie(keys, secure=False).of(Headers({"cookie": f"{cookie.NAME}={value}"}))
    assert session is not None
    return session


def make_older(gateway: Gateway, **times: float) -> None:
    """Put a cookie in its second half of life into the browser: the same tokens, other times."""
    keys = cookie.SessionKeys(gateway.settings.session_key_file)
    session = held_in(gateway, gateway.http.cookies[cookie.NAME])
    older = cookie.Session(**{**session.__dict__, "renew_at": time.time() - 1, **times})
    value = cookie.SessionCookie(keys, secure=False).holding(older).partition(";")[0].partition("=")[2]
    put_cookie(gateway.http, value)


def put_cookie(http: httpx.Client, value: str) -> None:
    http.cookies.clear()
    http.cookies.set(cookie.NAME, value, domain="127.0.0.1", path="/api")


def slug(response: httpx.Response) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(gateway: Gateway) -> None:
    response = gateway.http.post("/api/session", json=CREDENTIALS, headers=FROM_THE_CONSOLE)

    assert response.status_code == 201
    assert response.json()["agent"]["wechat_name"] == "微信一号", "R4: signing in fills in both"
    assert response.json().keys() == {"agent", "expires_at"}
    [header] = response.headers.get_list("set-cookie")
    assert {"Path=/api", "HttpOnly", "SameSite=Strict"} <= set(header.split("; "))
    assert "Secure" not in header
    assert len(header) < 2500
    session = gateway.http.get("/api/session")
    assert (session.status_code, session.json()["agent"]["agent_id"]) == (200, "KF001")
    assert gateway.http.get("/api/players").status_code == 200, "the services see the token"


def test_the_cookie_is_secure_and_of_this_host_alone_unless_told_otherwise(gateway_with: Any, players: Served) -> None:
    gateway = gateway_with(players_url=players.url, cookie_secure=True)

    response = gateway.http.post("/api/session", json=CREDENTIALS)

    value, *attributes = response.headers["set-cookie"].split("; ")
    assert value.startswith("__Host-gamedesk_session=")
    assert {"Secure", "Path=/", "HttpOnly", "SameSite=Strict"} <= set(attributes)
    assert not any(attribute.startswith("Domain") for attribute in attributes), "a __Host- cookie names none"
    assert gateway.http.get("/api/session", headers={"cookie": value}).status_code == 200
    planted = value.removeprefix("__Host-")
    assert gateway.http.get("/api/session", headers={"cookie": planted}).status_code == 401, "a neighbour may set that"


def test_a_wrong_password_is_refused_without_a_cookie(gateway: Gateway) -> None:
    response = gateway.http.post("/api/session", json={**CREDENTIALS, "password": "wrong"})

    assert (response.status_code, slug(response)) == (401, "sign-in-refused")
    assert "set-cookie" not in response.headers
    assert response.headers["www-authenticate"]


def test_players_learns_who_signs_in_from_the_gateway_and_not_from_the_client(gateway_with: Any) -> None:
    gateway = gateway_with()
    gateway.stubs["players"].answers["/sessions"] = (401, {})

    gateway.http.post("/api/session", json=CREDENTIALS, headers={client_address.HEADER: "192.0.2.1 0"})

    [asked] = gateway.stubs["players"].received
    key = gateway.settings.gateway_key.get_secret_value()
    assert client_address.opened(key, asked.headers[client_address.HEADER]) == "127.0.0.1"


def test_without_a_session_everything_needs_sign_in(gateway: Gateway) -> None:
    for path in ("/api/session", "/api/home", "/api/players"):
        response = gateway.http.get(path)
        assert (response.status_code, slug(response)) == (401, "unauthenticated")


def test_an_api_client_gets_a_bearer_token_instead(gateway: Gateway) -> None:
    response = gateway.http.post("/api/session", json={**CREDENTIALS, "transport": "bearer"})

    assert response.status_code == 201
    assert "set-cookie" not in response.headers
    with gateway.as_agent(response.json()["access_token"]) as client:
        assert client.get("/api/session").json()["agent"]["agent_id"] == "KF001"
        body = {"agent_id": "KF077", "name": "a", "password": PASSWORD, "wechat_id": "wx_KF077", "wechat_name": "b"}
        created = client.post("/api/agents", json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert created.status_code == 201, "no cross-site check: browsers do not send bearer tokens by themselves"


def test_the_access_token_is_renewed_at_half_life(gateway: Gateway) -> None:
    before = held_in(gateway, sign_in(gateway))
    make_older(gateway)

    response = gateway.http.get("/api/players")

    assert response.status_code == 200
    renewed = held_in(gateway, gateway.http.cookies[cookie.NAME])
    assert renewed.access_token != before.access_token
    assert renewed.refresh_token != before.refresh_token
    assert renewed.renew_at > time.time()
    assert "set-cookie" not in gateway.http.get("/api/players").headers, "not again"


def test_parallel_requests_with_one_cookie_rotate_once(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ROTATION_GRACE", timedelta(0))
    sign_in(gateway)
    make_older(gateway)
    value = gateway.http.cookies[cookie.NAME]

    def ask(_number: int) -> httpx.Response:
        headers = {"Cookie": f"{cookie.NAME}={value}"}
        return httpx.get(f"{gateway.url}/api/players", headers=headers, timeout=20, trust_env=False)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))

    assert {answer.status_code for answer in answers} == {200}
    values = [answer.headers["set-cookie"].partition(";")[0].partition("=")[2] for answer in answers]
    assert len({held_in(gateway, value).refresh_token for value in values}) == 1


class LosesAnswers:
    """The service behind it, which does what it is asked; the first answer to a renewal never arrives."""

    def __init__(self, app: Any) -> None:
        self._app, self.lost = app, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def nowhere(_message: Any) -> None: ...

        if scope["type"] == "http" and scope["path"] == "/sessions/refresh" and not self.lost:
            self.lost += 1
            await self._app(scope, receive, nowhere)
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await self._app(scope, receive, send)


def test_a_renewal_whose_answer_is_lost_is_repeated_in_time_and_is_no_theft(
    gateway_with: Any, players_app: Any, eventually: Any
) -> None:
    losing = LosesAnswers(players_app)
    served = Served(losing)
    try:
        gateway = gateway_with(players_url=served.url)
        before = held_in(gateway, sign_in(gateway))
        make_older(gateway)

        eventually(lambda: "set-cookie" in gateway.http.get("/api/players").headers, within=30)

        assert losing.lost == 1
        renewed = held_in(gateway, gateway.http.cookies[cookie.NAME])
        assert renewed.refresh_token != before.refresh_token, "and not signed out"
        assert gateway.http.get("/api/players").status_code == 200
    finally:
        served.stop()


def test_a_lost_renewal_and_its_repetition_fit_into_the_grace_of_a_rotated_token() -> None:
    longest = 2 * renewal.CALL_SECONDS + renewal.RETRY_SECONDS
    assert longest < sessions.ROTATION_GRACE.total_seconds() == renewal.GRACE_SECONDS


def test_a_token_used_again_after_its_rotation_ends_the_session(
    gateway: Gateway, gateway_with: Any, players: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stolen cookie at another replica: the family is revoked, for the thief and for the owner."""
    monkeypatch.setattr(sessions, "ROTATION_GRACE", timedelta(0))
    sign_in(gateway)
    make_older(gateway)
    stolen = gateway.http.cookies[cookie.NAME]
    assert gateway.http.get("/api/players").status_code == 200
    replica = gateway_with(players_url=players.url)
    put_cookie(replica.http, stolen)

    refused = replica.http.get("/api/players")

    assert (refused.status_code, slug(refused)) == (401, "session-ended")
    assert f"{cookie.NAME}=; Max-Age=0" in refused.headers["set-cookie"]
    assert cookie.NAME not in replica.http.cookies
    make_older(gateway)
    assert gateway.http.get("/api/players").status_code == 401


def test_another_replica_reads_the_cookie(gateway: Gateway, gateway_with: Any, players: Served) -> None:
    value = sign_in(gateway)
    replica = gateway_with(players_url=players.url)
    put_cookie(replica.http, value)

    assert replica.http.get("/api/session").status_code == 200


def test_keys_rotate_without_a_restart(gateway_with: Any, players: Served, tmp_path: Path, eventually: Any) -> None:
    first, key_file = new_key(), tmp_path / "session.key"
    key_file.write_text(first)
    gateway = gateway_with(players_url=players.url, session_key_file=key_file)
    old = sign_in(gateway)

    key_file.write_text(f"{new_key()}\n{first}\n")
    eventually(lambda: not decrypts(sign_in(gateway), first))
    put_cookie(gateway.http, old)
    assert gateway.http.get("/api/session").status_code == 200, "old cookies are read on"

    key_file.write_text(new_key())
    put_cookie(gateway.http, old)
    eventually(lambda: gateway.http.get("/api/session").status_code == 401)

    key_file.write_text("not a key")
    assert sign_in(gateway), "a broken file changes nothing"


def decrypts(value: str, key: str) -> bool:
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return bool(Fernet(key + "=").decrypt(value))
    except InvalidToken:
        return False


def test_a_cookie_that_was_tampered_with_is_nobody(gateway: Gateway) -> None:
    value = bytearray(base64.urlsafe_b64decode(sign_in(gateway)))
    value[40] ^= 1
    put_cookie(gateway.http, base64.urlsafe_b64encode(value).decode())

    assert gateway.http.get("/api/session").status_code == 401


def test_a_sign_in_that_players_puts_off_is_told_so(gateway_with: Any) -> None:
    gateway = gateway_with(connections=1)
    problem = {"type": "urn:gamedesk:problem:unavailable", "title": "wait", "status": 503}
    headers = {"content-type": "application/problem+json", "retry-after": "7"}
    gateway.stubs["players"].answers["/sessions"] = (503, problem, headers)

    put_off = gateway.http.post("/api/session", json=CREDENTIALS)

    assert (put_off.status_code, put_off.headers["retry-after"]) == (503, "7")
    assert put_off.json() == {**problem, "service": "players"}


def test_a_sign_in_hears_when_to_come_again(gateway_with: Any, eventually: Any) -> None:
    """From the circuit, which is open for a second at first."""
    alone = gateway_with(players_url="http://127.0.0.1:9", circuit_calls=2)

    eventually(lambda: alone.http.post("/api/session", json=CREDENTIALS).headers["retry-after"] == "1")


def test_with_players_down_a_session_lasts_as_long_as_its_token(gateway_with: Any, players: Served) -> None:
    gateway = gateway_with(players_url=players.url)
    value = sign_in(gateway)
    alone = gateway_with(players_url="http://127.0.0.1:9")
    put_cookie(alone.http, value)
    alone.stubs["tickets"].answers["/tickets"] = (200, {"items": [], "next_cursor": None})
    assert alone.http.get("/api/tickets").status_code == 200
    session = alone.http.get("/api/session").json()
    assert session["agent"]["agent_id"] == "KF001", "from the cookie"
    make_older(alone)
    assert alone.http.get("/api/tickets").status_code == 200
    make_older(alone, expires_at=time.time() - 1)
    refused = alone.http.get("/api/tickets")
    assert (refused.status_code, slug(refused)) == (503, "unavailable"), "not 401: signing in again would not help"
    assert "outcome" not in refused.json()
    change = alone.http.post("/api/tickets", json={}, headers={**FROM_THE_CONSOLE, "Idempotency-Key": "key-12345678"})
    assert (change.status_code, change.json()["service"], change.json()["outcome"]) == (503, "players", "not-done")


def test_signing_out_ends_the_session_for_good(gateway: Gateway) -> None:
    sign_in(gateway)
    make_older(gateway)
    value = gateway.http.cookies[cookie.NAME]

    response = gateway.http.delete("/api/session", headers=FROM_THE_CONSOLE)

    assert response.status_code == 204
    assert cookie.NAME not in gateway.http.cookies
    put_cookie(gateway.http, value)
    assert gateway.http.get("/api/session").status_code == 401


def test_an_answer_under_way_at_sign_out_does_not_sign_in_again(
    gateway_with: Any, players: Served, eventually: Any
) -> None:
    gateway = gateway_with(players_url=players.url)
    sign_in(gateway)
    make_older(gateway)
    value = gateway.http.cookies[cookie.NAME]
    answers: list[httpx.Response] = []
    signed_out = threading.Event()
    tickets = gateway.stubs["tickets"]

    def after_sign_out(_request: Received) -> Any:
        return (200, {"items": [], "next_cursor": None}) if signed_out.wait(10) else (500, {})

    def ask() -> None:
        headers = {"Cookie": f"{cookie.NAME}={value}"}
        answers.append(httpx.get(f"{gateway.url}/api/tickets", headers=headers, timeout=20, trust_env=False))

    tickets.answers["/tickets"] = after_sign_out
    asking = threading.Thread(target=ask)
    asking.start()
    eventually(lambda: tickets.received)
    assert gateway.http.delete("/api/session", headers=FROM_THE_CONSOLE).status_code == 204
    signed_out.set()
    asking.join(20)

    assert answers[0].status_code == 200
    assert f"{cookie.NAME}=; Max-Age=0" in answers[0].headers["set-cookie"]
    put_cookie(gateway.http, value)
    refused = gateway.http.get("/api/tickets")
    assert (refused.status_code, slug(refused)) == (401, "session-ended"), "nor is what was renewed handed out again"
    assert sign_in(gateway), "though the old cookie came along"


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "{own}"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, False),
        ({}, False),
    ],
)
def test_a_change_by_cookie_must_come_from_the_console(gateway: Gateway, headers: dict[str, str], passes: bool) -> None:
    sign_in(gateway)
    sent = {name: value.format(own=gateway.url) for name, value in headers.items()}
    key = {"Idempotency-Key": secrets.token_hex(8)}

    response = gateway.http.post("/api/players", json={"phone": "12345"}, headers={**sent, **key})

    if passes:
        assert response.status_code == 422, "players' own answer"
    else:
        assert (response.status_code, slug(response)) == (403, "cross-site-request")
    assert gateway.http.get("/api/players", headers=sent).status_code == 200, "reading is harmless"


def test_another_site_cannot_sign_a_browser_in_or_out(gateway: Gateway) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert gateway.http.post("/api/session", json=CREDENTIALS, headers=headers).status_code == 403
    assert gateway.http.delete("/api/session", headers=headers).status_code == 403


def test_expires_at_is_when_the_token_ends(gateway: Gateway) -> None:
    sign_in(gateway)

    expires_at = datetime.fromisoformat(gateway.http.get("/api/session").json()["expires_at"])

    assert timedelta(minutes=29) < expires_at - datetime.now(UTC) < timedelta(minutes=31)
