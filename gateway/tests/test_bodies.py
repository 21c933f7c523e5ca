"""Bodies on real connections: large ones only from whom the gateway knows, in time, and so many bytes at once."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from gamedesk_chassis import bodies
from gamedesk_gateway.session.cookie import NAME, Session, SessionCookie, SessionKeys
from gamedesk_testing import eventually
from starlette.datastructures import Headers

from .conftest import Gateway, new_key
from .test_proxy import slug

MIB = 1024 * 1024
IMPORTS = "/api/player-imports?file_name=a.csv"
PUSHES = "/api/price-pushes/xiyou"
LARGE = 20 * MIB


class Upload:
    """A request whose body comes in parts, or not at all."""

    def __init__(self, gateway: Gateway, path: str, length: int | None, **headers: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", gateway.served.port), timeout=10)
        framing = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
        lines = {"Host": "x", "Content-Type": "text/csv", "Idempotency-Key": "k" * 16, **framing, **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        self._socket.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> httpx.Response:
        """The answer, as soon as it is there."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        headers = httpx.Headers([field.split(": ", 1) for field in fields])  # pyright: ignore[reportArgumentType]
        while len(body) < int(headers["content-length"]):
            body += self._more()
        return httpx.Response(int(status.split()[1]), headers=headers, content=body)

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        assert data, "hung up without an answer"
        return data

    def is_closed_by_the_server(self) -> bool:
        return self._socket.recv(65536) == b""

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def upload(gateway: Gateway) -> Iterator[Callable[..., Upload]]:
    """`upload(path, length, Authorization=…, to=gateway)`: the head of a request."""
    with ExitStack() as opened:

        def begin(path: str, length: int | None, to: Gateway = gateway, **headers: str) -> Upload:
            made = Upload(to, path, length, **headers)
            opened.callback(made.close)
            return made

        yield begin


@pytest.fixture
def bearer(token_for: Callable[..., str]) -> str:
    return f"Bearer {token_for('KF003', 'agent', 'A')}"


def cookie_of(gateway: Gateway, token: str) -> str:
    soon = time.time() + 600
    made = SessionCookie(SessionKeys(gateway.settings.session_key_file), secure=False)
    return made.holding(Session(token, "refresh", soon, soon, {})).partition(";")[0]


@pytest.mark.parametrize("length", [LARGE, None])
@pytest.mark.parametrize("path", [IMPORTS, "/api/tickets/019aa000-0000-7000-8000-000000000001/attachments"])
def test_of_somebody_unknown_a_large_body_is_not_even_read(
    gateway: Gateway, upload: Callable[..., Upload], path: str, length: int | None, token_for: Callable[..., str]
) -> None:
    forged = f"{NAME}={new_key()}"
    expired = f"Bearer {token_for('KF003', 'agent', 'A', expires_in=-90)}"
    for headers in ({}, {"Authorization": expired}, {"Authorization": "Bearer x"}, {"Cookie": forged}):
        refused = upload(path, length, **headers).answer()
        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")
        assert refused.headers["www-authenticate"] == "Bearer"
    assert not [stub.received for stub in gateway.stubs.values() if stub.received]


def test_who_is_refused_may_still_send_the_rest_and_read_the_answer(
    upload: Callable[..., Upload],
) -> None:
    refused = upload(IMPORTS, LARGE)
    for _ in range(20):
        refused.send(b"x" * MIB)
    assert refused.answer().status_code == 401
    assert refused.is_closed_by_the_server()


def test_a_large_body_of_somebody_known_arrives_whole(
    gateway: Gateway, upload: Callable[..., Upload], bearer: str
) -> None:
    gateway.stubs["players"].answers["/player-imports"] = (202, {})
    same_site = {"Sec_Fetch_Site": "same-origin"}
    session = {"Cookie": cookie_of(gateway, bearer.removeprefix("Bearer ")), **same_site}

    for headers in ({"Authorization": bearer}, session):
        sending = upload(IMPORTS, 2 * MIB, **headers)
        sending.send(b"x" * MIB)
        sending.send(b"y" * MIB)
        assert sending.answer().status_code == 202
        arrived = gateway.stubs["players"].received[-1]
        assert (arrived.body, arrived.headers["authorization"]) == (b"x" * MIB + b"y" * MIB, bearer)


def test_a_small_body_is_judged_by_the_service_as_ever(gateway: Gateway, upload: Callable[..., Upload]) -> None:
    gateway.stubs["players"].answers["/player-imports"] = (418, {})
    sending = upload(IMPORTS, 3)
    sending.send(b"a,b")
    assert sending.answer().status_code == 418


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the parts of bodies that have arrived."""
    sizes: list[int] = []
    chunk = bodies.Incoming._chunk

    async def counted(incoming: bodies.Incoming) -> bytes:
        part = await chunk(incoming)
        sizes.append(len(part))
        return part

    monkeypatch.setattr(bodies.Incoming, "_chunk", counted)
    return sizes


@pytest.mark.parametrize(("path", "share", "known"), [(IMPORTS, "KNOWN_BYTES", True), (PUSHES, "PUBLIC_BYTES", False)])
def test_large_bodies_have_so_many_bytes_together(
    gateway_with: Callable[..., Gateway],
    upload: Callable[..., Upload],
    bearer: str,
    arrived: list[int],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    share: str,
    known: bool,
) -> None:
    monkeypatch.setattr(bodies, share, 3 * MIB)
    narrow = gateway_with()
    service = narrow.stubs["players" if known else "catalog"]
    service.answers[path.removeprefix("/api").partition("?")[0]] = (202, {})
    headers = {"Authorization": bearer} if known else {}

    def whole(size: int) -> httpx.Response:
        sending = upload(path, size, narrow, **headers)
        sending.send(b"x" * size)
        return sending.answer()

    for _ in range(4):
        upload(path, 2 * MIB, narrow, **headers)
    assert whole(2 * MIB).status_code == 202, "who sends nothing holds nothing"

    slow = upload(path, 2 * MIB, narrow, **headers)
    arrived.clear()
    slow.send(b"x" * (2 * MIB - 1))
    eventually(lambda: sum(arrived) == 2 * MIB - 1)
    refused = whole(2 * MIB)
    assert refused.status_code == 503
    assert (slug(refused), refused.headers["retry-after"]) == ("unavailable", "5")
    assert whole(MIB // 2).status_code == 202, "what still has room"
    assert whole(1000).status_code == 202, "what is small"

    slow.close()
    eventually(lambda: whole(2 * MIB).status_code == 202)
    assert {len(request.body) for request in service.received} == {1000, MIB // 2, 2 * MIB}, (
        "half a body reaches nobody"
    )


@pytest.mark.parametrize(("path", "length"), [(IMPORTS, LARGE), (IMPORTS, 10), (PUSHES, None), ("/api/players", 10)])
def test_a_body_that_does_not_arrive_in_time_is_given_up(
    upload: Callable[..., Upload], bearer: str, monkeypatch: pytest.MonkeyPatch, path: str, length: int | None
) -> None:
    for seconds in ("SECONDS", "LARGE_SECONDS"):
        monkeypatch.setattr(bodies, seconds, 0.2)
    slow = upload(path, length, Authorization=bearer)
    slow.send(b"1\r\n")

    refused = slow.answer()

    assert (refused.status_code, slug(refused)) == (408, "body-too-slow")
    assert slow.is_closed_by_the_server()


@pytest.mark.parametrize("length", [10, 2 * MIB, None])
def test_anybody_may_send_but_has_to_begin_soon(
    upload: Callable[..., Upload], monkeypatch: pytest.MonkeyPatch, length: int | None
) -> None:
    monkeypatch.setattr(bodies, "FIRST_BYTE_SECONDS", 0.2)
    idle = upload(PUSHES, length)

    refused = idle.answer()

    assert (refused.status_code, slug(refused)) == (408, "body-too-slow")
    assert idle.is_closed_by_the_server()


def test_a_body_that_has_begun_has_its_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FIRST_BYTE_SECONDS", 0.01)

    async def scenario() -> bytes:
        parts = iter([b"a", b"b"])
        begun = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if begun.is_set():
                await asyncio.sleep(0.02)  # the client's, beyond the time to the first byte
            begun.set()
            part = next(parts)
            return {"type": "http.request", "body": part, "more_body": part == b"a"}

        incoming = bodies.Incoming(Headers({"content-length": "2"}), None, receive)
        async with bodies.Bodies(lambda _headers: False).received(incoming, Headers()) as body:
            return body

    assert asyncio.run(scenario()) == b"ab"


def test_what_says_that_it_is_too_long_is_not_read(upload: Callable[..., Upload], bearer: str) -> None:
    refused = upload(IMPORTS, LARGE + 1, Authorization=bearer).answer()
    assert (refused.status_code, slug(refused)) == (413, "body-too-large")


def test_half_a_body_reaches_nobody(gateway: Gateway, upload: Callable[..., Upload], bearer: str) -> None:
    gateway.stubs["players"].answers["/player-imports"] = (202, {})
    for length in (100, MIB):
        gone = upload(IMPORTS, length, Authorization=bearer)
        gone.send(b"half")
        gone.close()
    whole: Any = upload(IMPORTS, 4, Authorization=bearer)
    whole.send(b"last")

    assert whole.answer().status_code == 202
    assert [request.body for request in gateway.stubs["players"].received] == [b"last"]
