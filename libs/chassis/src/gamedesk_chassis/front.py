"""What arrives on a connection, until it is a request: limits on its head, on connections and on waiting for them.

A request that two readers could understand in two ways is refused here with a problem document; its connection is
closed and nothing of it goes further. Bodies are the business of `bodies`.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import httptools
import structlog
from prometheus_client import Counter
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gamedesk_chassis import problems, tracing
from gamedesk_chassis.ids import new_id

log = structlog.get_logger("front")

TARGET_BYTES = 8 * 1024
HEAD_BYTES = 32 * 1024
HEADERS = 64
HEAD_SECONDS = 10.0  # from the first byte to the last; a new connection has as long for its first
STALLED_SECONDS = 60.0  # that a client takes in nothing of its answer
LINGER_SECONDS = 2.0  # for who is still sending to read why we stopped listening, from when we have sent it
CONNECTIONS = 600  # of one process; with what it opens itself below the usual 1,024 open files
WAITING = 300  # of them without a request: who has waited longest makes room for a new one

_METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS")
_ALLOW = b", ".join(_METHODS).decode()
_TARGET = re.compile(rb"/[!-~]*")
_HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]{1,255}")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_LOOKS = 6  # in STALLED_SECONDS, whether a client takes anything
_HAS_TCP_INFO = sys.platform == "linux"
_TCP_INFO_BYTES, _BYTES_ACKED = 128, slice(120, 128)  # of Linux's `struct tcp_info`
_REFUSED = Counter("http_refused_heads_total", "Requests refused before they were read", ["status"])


class _Stop(Exception):
    """Ends the parser's run; why is in `_refusal`, unless nothing is to be said."""


class Front(HttpToolsProtocol):
    """One connection. Requests on it are read one after the other: what comes before the answer to the last one is
    not read, and the connection ends with that answer."""

    waiting: ClassVar[dict[Front, None]] = {}  # of this process, who has waited longest first
    parser: Any

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._deaf = False
        self._refusal: tuple[int, str] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._has_begun, self._in_head, self._is_between = False, True, False
        self._unread, self._size, self._count = 0, 0, 0
        if len(self.connections) > CONNECTIONS + WAITING:
            transport.abort()
        elif len(self.connections) > CONNECTIONS:
            self._refuse(503, "")
        else:
            self._wait()
            self._set_timer(HEAD_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        Front.waiting.pop(self, None)
        self._set_timer(0, None)
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._is_between = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # what follows would be another protocol; the request itself is answered
        except httptools.HttpParserError:
            if not self._deaf:
                self._refuse(*(self._refusal or (400, "This is not HTTP/1.1.")))
        else:
            if self._in_head and not self._is_between:
                self._await_the_rest(len(data))

    def _await_the_rest(self, size: int) -> None:
        """Of a head that is not whole; the parser shows a header only at its end."""
        if self._timer is None:
            self._set_timer(HEAD_SECONDS, self._too_slow)
        if self._has_begun:
            self._unread += size
            if self._unread > HEAD_BYTES:
                self._refuse(414 if not self.headers and len(self.url) > TARGET_BYTES else 431, "")

    def on_message_begin(self) -> None:
        if self.cycle is not None and not _is_answered(self.cycle):
            self._deaf, self.cycle.keep_alive = True, False
            raise _Stop
        self._has_begun, self._in_head, self._is_between = True, True, False
        self._unread, self._size, self._count = 0, 0, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._size += len(url)
        if len(self.url) > TARGET_BYTES:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            self._stop(400, "Send no headers after the body.")
        self._size += len(name) + len(value) + len(b": \r\n")
        self._count += 1
        if self._size > HEAD_BYTES or self._count > HEADERS:
            self._stop(431)
        # Behind us `_` and `-` are the same, and Flask would look for a WebSocket.
        if b"_" not in name and name.lower() != b"upgrade":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        fault = _fault(self.parser.get_method(), self.parser.get_http_version(), self.url, self.headers)
        if fault is not None:
            self._stop(*fault)
        self._in_head = False
        self._set_timer(0, None)
        Front.waiting.pop(self, None)
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._has_begun, self._in_head, self._is_between, self._unread = False, True, True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.cycle.response_complete and self.cycle.more_body and not self.transport.is_closing():
            self._close()  # answered without its body, which may never end
        super().on_response_complete()
        self._watch()
        if not self._deaf and not self.transport.is_closing():
            self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def _watch(self) -> None:
        """Whether the client takes in its answer, as long as some of it is left, also when we are done with it."""
        if self._stalled is None and self.transport.get_write_buffer_size():
            self._look(-1, 0)

    def _look(self, before: int, in_vain: int) -> None:
        self._stalled = None
        if not self.transport.get_write_buffer_size():
            return
        taken = self._taken()
        in_vain = in_vain + 1 if taken == before else 0
        if in_vain == _LOOKS:
            self.transport.abort()
        else:
            self._stalled = self.loop.call_later(STALLED_SECONDS / _LOOKS, self._look, taken, in_vain)

    def _taken(self) -> int:
        """A number that changes when the client takes something in."""
        if not _HAS_TCP_INFO:
            return self.transport.get_write_buffer_size()
        # Not what left our buffer: that is in steps, of which a slow client takes more than STALLED_SECONDS each.
        info = self.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        return int.from_bytes(info[_BYTES_ACKED], sys.byteorder)

    def _wait(self) -> None:
        Front.waiting.pop(self, None)
        Front.waiting[self] = None
        if len(Front.waiting) > WAITING:
            next(iter(Front.waiting))._close()

    def _too_slow(self) -> None:
        self._timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            return  # an empty line behind a request that is being answered
        if self._has_begun:
            self._refuse(408, "")
        else:
            self._close()

    def _stop(self, status: int, detail: str = "") -> None:
        self._refusal = (status, detail)
        raise _Stop

    def _refuse(self, status: int, detail: str) -> None:
        """Answer with a problem document, if an answer would not be taken for one to an earlier request, and close."""
        cycle, self._deaf = self.cycle, True
        if cycle is not None and not _is_answered(cycle):
            if not cycle.more_body:
                cycle.keep_alive = False  # whole and still being answered; what came behind it is no request
                return
            cycle.disconnected = True
            cycle.message_event.set()
        if cycle is None or not cycle.response_started or cycle.response_complete:
            log.info("refused", status=status)
            _REFUSED.labels(str(status)).inc()
            self.transport.write(_answer(status, detail))
        self._close()

    def _close(self) -> None:
        """Say that we are done, and take in what still comes until a moment after our last byte was sent: a reset would
        undo the answer."""
        self._deaf = True
        Front.waiting.pop(self, None)
        self._unset_keepalive_if_required()
        self._set_timer(LINGER_SECONDS, self._hang_up)
        self._watch()
        if not self.transport.is_closing():
            self.transport.write_eof()

    def _hang_up(self) -> None:
        if self.transport.get_write_buffer_size():
            self._set_timer(LINGER_SECONDS, self._hang_up)  # who takes nothing is hung up on by `_look`
        else:
            self.transport.abort()

    def _set_timer(self, seconds: float, then: Callable[[], Any] | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, then) if then else None


def _is_answered(cycle: RequestResponseCycle) -> bool:
    """Whether the client has the whole answer. It may have it before we know: a 204 ends with its headers."""
    is_whole = cycle.scope["method"] == "HEAD" or not (cycle.chunked_encoding or cycle.expected_content_length)
    return cycle.response_complete or (cycle.response_started and is_whole)


def _fault(method: bytes, version: str, target: bytes, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
    """Status and sentence for a head that others could understand in another way, or that nobody need send."""
    hosts, lengths, codings = ([v for n, v in headers if n == name] for name in _FRAMING)
    if version not in ("1.0", "1.1"):
        return 400, "Speak HTTP/1.1."
    if method not in _METHODS:
        return 405, ""
    if not _TARGET.fullmatch(target) or b"#" in target:
        return 400, "Name a path of this server, which begins with a slash."
    if len(hosts) > 1 or (not hosts and version == "1.1") or not all(map(_HOST.fullmatch, hosts)):
        return 400, "Send one Host header."
    if len(lengths) + len(codings) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        return 400, "Send one Content-Length, or Transfer-Encoding: chunked."
    if codings and (codings[0].lower() != b"chunked" or version == "1.0"):
        return 400, "The only Transfer-Encoding is chunked, in HTTP/1.1."
    return None


_FRAMING = (b"host", b"content-length", b"transfer-encoding")


def _answer(status: int, detail: str) -> bytes:
    token = tracing.request_id.set(str(new_id()))
    try:
        if status == 408:
            document = problems.document(408, "headers-too-slow", "The headers did not arrive in time")
        else:
            document = problems.document_of_status(status) | ({"detail": detail} if detail else {})
    finally:
        tracing.request_id.reset(token)
    body = problems.dump(document)
    headers = {
        "content-type": problems.MEDIA_TYPE,
        "content-length": str(len(body)),
        "x-request-id": document["request_id"],
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "connection": "close",
    } | ({"allow": _ALLOW} if status == 405 else {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[status] + lines.encode() + b"\r\n" + body
