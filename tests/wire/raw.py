"""HTTP byte by byte: what a well-behaved client would never send, and all that comes back until the end."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any

PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A connection to a port of this machine. `received`: every byte so far."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self._read = 0

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> bool:
        """Whether the server still took it."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def until(self, end: bytes) -> None:
        """Read on until `end` has come. Raises ConnectionError."""
        while end not in self.received[self._read :]:
            self._more()

    def answer(self) -> Answer:
        """The next answer, with a body of known length. Raises ConnectionError at the end of the connection."""
        self.until(b"\r\n\r\n")
        head, _, _ = self.received[self._read :].partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        begin = self._read + len(head) + 4
        size = int(headers.get("content-length", "0"))
        while len(self.received) < begin + size:
            self._more()
        self._read = begin + size
        return Answer(int(start.split(" ")[1]), headers, self.received[begin : begin + size])

    def answers_until_closed(self) -> list[Answer]:
        """All that is still to come, until the server closes. Raises TimeoutError if it does not."""
        found = []
        try:
            while True:
                found.append(self.answer())
        except ConnectionError:
            assert self._read == len(self.received), "half an answer"
            return found

    def _more(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError
        self.received += data
