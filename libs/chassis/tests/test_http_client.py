"""Calls to other systems end in time, whatever these do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from gamedesk_chassis.http_client import CallFailed, call, sync_client

DEADLINE, BUSY = 0.4, 10.0
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


class Server:
    """Answers each connection once; `fault`: drip-head, drip-body, silent, or nothing for a whole answer."""

    def __init__(self) -> None:
        self.fault, self.over = "", threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            if self.fault == "":
                connection.sendall(_HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\n{}")
            elif self.fault == "silent":
                self.over.wait()
            else:
                begin = b"x-long: " if self.fault == "drip-head" else b"content-length: 100000\r\n\r\n"
                self._drip(connection, _HEAD + begin)

    def _drip(self, connection: socket.socket, begin: bytes) -> None:
        try:
            connection.sendall(begin)
            while not self.over.wait(0.02):
                connection.sendall(b"x")
        except OSError:
            pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.mark.parametrize("fault", ["drip-head", "drip-body", "silent"])
def test_a_call_ends_with_its_deadline_and_the_next_one_is_well(server: Server, fault: str) -> None:
    with sync_client(server.url, connections=1) as client:
        server.fault = fault
        for _ in range(2):
            started = time.monotonic()
            with pytest.raises(CallFailed) as failed:
                call(client, "GET", "/x", deadline=DEADLINE)
            assert time.monotonic() - started < DEADLINE + BUSY
            assert failed.value.reason == "timeout"
        server.fault = ""
        assert call(client, "GET", "/x", deadline=BUSY).json() == {}


def test_an_answer_beyond_the_limit_is_not_taken_in(server: Server) -> None:
    with sync_client(server.url) as client, pytest.raises(CallFailed) as failed:
        call(client, "GET", "/x", limit=1)
    assert failed.value.reason == "body"
