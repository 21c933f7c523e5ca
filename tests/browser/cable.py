"""A cable between the browser and the gateway, that a test can cut, and whose streams it can count."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

_LIVE = b"GET /api/live"
_CHUNK = 65536


class Cable:
    """`with Cable(gateway_url) as cable`: the gateway is at `cable.url` too, until `cut`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._gateway = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._streams: set[socket.socket] = set()
        self._cut = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    @property
    def streams(self) -> int:
        """How many live streams are open."""
        with self._lock:
            return len(self._streams)

    def cut(self) -> None:
        """Every connection breaks, and no new one comes about."""
        with self._lock:
            self._cut = True
            pairs = list(self._pairs)
        for pair in pairs:
            self._close(pair)

    def mend(self) -> None:
        with self._lock:
            self._cut = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                refused = self._cut
            if refused:
                client.close()
                continue
            try:
                pair = (client, socket.create_connection(self._gateway, timeout=10))
            except OSError:
                client.close()
                continue
            pair[1].settimeout(None)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._carry, args=(pair, client, pair[1]), daemon=True).start()
            threading.Thread(target=self._carry, args=(pair, pair[1], client), daemon=True).start()

    def _carry(self, pair: tuple[socket.socket, socket.socket], source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if source is pair[0] and data.startswith(_LIVE):
                    with self._lock:
                        self._streams.add(source)
                sink.sendall(data)
        self._close(pair)

    def _close(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
            self._streams.discard(pair[0])
        for one in pair:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
