"""The front of a web process, with a small app behind it and short limits: patience, room, and what ends a connection.
tests/wire asks the hostile questions of real processes."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from gamedesk_chassis import front
from gamedesk_chassis.front import Front
from gamedesk_testing import eventually

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200"
MUCH = 64 * 1024 * 1024  # bytes


class App:
    """Answers at once; /late when `go` is set, /no-content with the end of its answer held back until then,
    /stream with an event and no end, /much with more than anybody's buffers hold."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []
        self.over: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        self.asked.append(path)
        try:
            if path == "/late":
                await asyncio.to_thread(self.go.wait)
            if path == "/no-content":
                await send({"type": "http.response.start", "status": 204, "headers": []})
                await asyncio.to_thread(self.go.wait)
                await send({"type": "http.response.body", "body": b""})
                return
            body = b"x" * (MUCH if path == "/much" else 2)
            length = [] if path == "/stream" else [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": length})
            await send({"type": "http.response.body", "body": body, "more_body": path == "/stream"})
            if path == "/stream":
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            self.over.append(path)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def keep_alive() -> int:
    """Seconds that an idle connection is kept."""
    return 60


@pytest.fixture
def connect(app: App, keep_alive: int) -> Iterator[Callable[..., socket.socket]]:
    """`connect(b"GET …")`: a connection on which this has been sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Front, ws="none", lifespan="off", log_config=None, timeout_keep_alive=keep_alive)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    opened: list[socket.socket] = []

    def connect(sent: bytes = b"") -> socket.socket:
        opened.append(socket.create_connection(listener.getsockname(), timeout=30))
        opened[-1].sendall(sent)
        return opened[-1]

    yield connect
    app.go.set()
    for connection in opened:
        connection.close()
    server.should_exit = True
    thread.join(10)
    assert not Front.waiting


def all_of(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def some_of(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        part = connection.recv(65536)
        assert part, received
        received += part
    return received


@pytest.mark.parametrize(
    ("before", "sent", "answer"),
    [
        (b"", b"", b""),
        (b"", b"\r\n", b""),
        (b"", HEAD[:9], b"HTTP/1.1 408"),
        (HEAD, b"\r\n", b""),
        (HEAD, HEAD[:9], b"HTTP/1.1 408"),
    ],
)
def test_a_head_has_its_time_as_a_whole(
    connect: Any, monkeypatch: pytest.MonkeyPatch, before: bytes, sent: bytes, answer: bytes
) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.3)
    connection = connect(before)
    if before:
        some_of(connection, b"xx")
    connection.sendall(sent)

    told = all_of(connection)
    assert told.startswith(answer)
    assert bool(told) == bool(answer)


@pytest.mark.parametrize("keep_alive", [3])
@pytest.mark.parametrize("sent", [HEAD, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"])
def test_an_idle_connection_is_kept_for_longer_than_a_head_may_take(
    connect: Any, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    connection = connect(sent)
    some_of(connection, b"xx")
    assert all_of(connect()) == b"", "by now a head would have been too slow"

    connection.sendall(HEAD)
    some_of(connection, b"xx")
    answered = time.monotonic()

    assert all_of(connection) == b""
    assert time.monotonic() - answered > 2, "it was kept"


def test_an_answer_that_takes_long_is_waited_for(connect: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.5)
    late = connect(HEAD.replace(b"/ ", b"/late ") + b"\r\n")
    assert all_of(connect()) == b"", "by now the head would have been too slow"

    app.go.set()

    assert some_of(late, b"xx").startswith(OK)


def test_a_request_may_come_before_the_end_of_an_answer_without_a_body(connect: Any, app: App) -> None:
    """The client has a 204 whole when it has its headers; the app says that it is done a moment later."""
    connection = connect(HEAD.replace(b"/ ", b"/no-content "))
    assert some_of(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 204")
    connection.sendall(HEAD)
    app.go.set()

    assert some_of(connection, b"xx").startswith(OK)
    connection.sendall(HEAD)
    assert some_of(connection, b"xx").startswith(OK)


@pytest.mark.parametrize("first", [b"/late", b"/stream"])
def test_a_second_request_before_the_answer_is_not_read(connect: Any, app: App, first: bytes) -> None:
    connection = connect(HEAD.replace(b"/ ", first + b" "))
    eventually(lambda: app.asked)
    connection.sendall(HEAD + HEAD)
    if first == b"/late":
        app.go.set()
        assert all_of(connection).count(OK) == 1
    else:
        connection.shutdown(socket.SHUT_WR)
        eventually(lambda: app.over == ["/stream"])
    assert len(app.asked) == 1


def test_who_is_answered_without_his_body_is_not_waited_for(connect: Any) -> None:
    connection = connect(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")

    assert all_of(connection).startswith(OK)


def test_who_does_not_take_his_answer_loses_it(connect: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "STALLED_SECONDS", 0.2)
    monkeypatch.setattr(front, "LINGER_SECONDS", 0.2)
    connection = connect(HEAD.replace(b"/ ", b"/much "))

    eventually(lambda: not Front.waiting and app.over == ["/much"])
    assert len(all_of(connection)) < MUCH


def test_who_does_not_take_his_answer_loses_it_also_where_the_system_counts_no_bytes(
    connect: Any, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "_HAS_TCP_INFO", False)
    monkeypatch.delattr(socket, "TCP_INFO", raising=False)
    test_who_does_not_take_his_answer_loses_it(connect, app, monkeypatch)


def test_who_takes_his_answer_slowly_gets_it_whole(connect: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "STALLED_SECONDS", 2.0)
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.1)
    connection = connect(HEAD.replace(b"/ ", b"/much ").replace(b"a\r", b"a\r\nConnection: close\r"))
    received, began = 0, time.monotonic()
    while time.monotonic() - began < 2 * front.STALLED_SECONDS:
        received += len(connection.recv(512 * 1024, socket.MSG_WAITALL))
        assert all_of(connect()) == b"", "a while passed"
    assert received < MUCH // 2

    assert received + len(all_of(connection)) > MUCH


def test_who_makes_room_still_gets_his_answer_whole(connect: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(front, "WAITING", 1)
    slow = connect(HEAD.replace(b"/ ", b"/much "))
    eventually(lambda: app.over == ["/much"])

    assert all_of(connect()) == b"", "it made room, and time passed"

    assert len(all_of(slow)) > MUCH


def test_of_those_that_wait_the_longest_makes_room(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "WAITING", 2)
    idle, slow = connect(), connect(HEAD[:9])
    eventually(lambda: len(Front.waiting) == 2)
    idle.sendall(HEAD)
    some_of(idle, b"xx")

    newcomer = connect(HEAD)

    assert some_of(newcomer, b"xx").startswith(OK)
    assert all_of(slow) == b""
    idle.sendall(HEAD)
    assert some_of(idle, b"xx").startswith(OK)


def test_there_are_no_more_connections_than_files(connect: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "CONNECTIONS", 2)
    monkeypatch.setattr(front, "WAITING", 1)
    for _ in range(2):
        connect(HEAD.replace(b"/ ", b"/stream "))
    eventually(lambda: len(app.asked) == 2)

    one_more = connect()
    told = all_of(one_more)

    assert told.startswith(b"HTTP/1.1 503")
    assert b"urn:gamedesk:problem:unavailable" in told


def test_half_a_head_is_counted_once(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX-Note: " + b"x" * 700 + b"\r\n\r\n"
    monkeypatch.setattr(front, "HEAD_BYTES", 1000)
    connection = connect()
    for _ in range(3):
        for part in (head[:500], head[500:]):
            connection.sendall(part)
        assert some_of(connection, b"xx").startswith(OK)

    connection.sendall(head.replace(b"X-Note", b"X-Note: y\r\nX-Other: " + b"y" * 300))
    assert all_of(connection).startswith(b"HTTP/1.1 431")


def test_a_method_nobody_has_is_told_which_there_are(connect: Any) -> None:
    told = all_of(connect(HEAD.replace(b"GET", b"TRACE")))

    assert told.startswith(b"HTTP/1.1 405")
    assert b"\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n" in told
