"""Requests that two readers could understand in two ways, and ones that nobody has a reason to send: one problem
document and the end of the connection, whatever stood behind them; then the server works as before."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

import pytest

from tests.wire.conftest import Server
from tests.wire.raw import Answer, Connection

CANARY = "canary-5f1d"
CHUNKED = "Transfer-Encoding: chunked"
JSON = "Content-Type: application/json"

# What stands in a head that is right otherwise. Behind each comes a second request, which must not be answered.
HEADERS: dict[str, tuple[str, ...]] = {
    "a length and chunks": (JSON, "Content-Length: 5", CHUNKED),
    "chunks and a length": (JSON, CHUNKED, "Content-Length: 5"),
    "two lengths": (JSON, "Content-Length: 5", "Content-Length: 6"),
    "the same length twice": (JSON, "Content-Length: 5", "Content-Length: 5"),
    "a list of lengths": (JSON, "Content-Length: 5, 5"),
    "a length with a sign": (JSON, "Content-Length: +5"),
    "a negative length": (JSON, "Content-Length: -5"),
    "a hexadecimal length": (JSON, "Content-Length: 0x5"),
    "a length with an underscore": (JSON, "Content-Length: 1_0"),
    "a length in two words": (JSON, "Content-Length: 5 5"),
    "a length of 30 digits": (JSON, "Content-Length: " + "9" * 30),
    "a length of nothing": (JSON, "Content-Length:"),
    "a length with a space before the colon": (JSON, "Content-Length : 5"),
    "an unknown coding": (JSON, "Transfer-Encoding: xchunked"),
    "chunks and another coding": (JSON, "Transfer-Encoding: chunked, identity"),
    "another coding and chunks": (JSON, "Transfer-Encoding: gzip, chunked"),
    "chunks twice": (JSON, CHUNKED, CHUNKED),
    "chunks twice in a line": (JSON, "Transfer-Encoding: chunked, chunked"),
    "quoted chunks": (JSON, 'Transfer-Encoding: "chunked"'),
    "chunks behind a control character": (JSON, "Transfer-Encoding: \x0bchunked"),
    "chunks with a space before the colon": (JSON, "Transfer-Encoding : chunked"),
    "chunks in a folded line": (JSON, "Transfer-Encoding:\r\n chunked"),
    "a folded header": ("X-Note: a", f"\t{CANARY}"),
    "a bare line feed": (f"X-Note: {CANARY}\nX-Other: b",),
    "a bare carriage return": (f"X-Note: {CANARY}\rX-Other: b",),
    "a NUL in a value": (f"X-Note: {CANARY}\x00",),
    "a NUL in a name": (f"X-\x00{CANARY}: a",),
    "a control character in a value": (f"X-Note: {CANARY}\x07",),
    "a space in a name": (f"X {CANARY}: a",),
    "no name": (f": {CANARY}",),
    "no colon": (CANARY,),
    "letters of another script in a name": (f"X-\xe9{CANARY}: a",),
    "another host": (f"Host: {CANARY}.example",),
    "70 headers": tuple(f"X-Note-{number}: {CANARY}" for number in range(70)),
    "a header of 40,000 bytes": (f"X-Note: {CANARY * 4000}",),
}
STATUS = {"70 headers": 431, "a header of 40,000 bytes": 431}

# Heads of their own, up to the empty line.
HEADS: dict[str, tuple[bytes, int]] = {
    "no host": (b"GET {path} HTTP/1.1\r\n\r\n", 400),
    "an empty host": (b"GET {path} HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "a host with a user": (b"GET {path} HTTP/1.1\r\nHost: canary-5f1d@desk\r\n\r\n", 400),
    "a host with a path": (b"GET {path} HTTP/1.1\r\nHost: desk/canary-5f1d\r\n\r\n", 400),
    "a space before the first header": (b"GET {path} HTTP/1.1\r\n Host: desk\r\n\r\n", 400),
    "line feeds only": (b"GET {path} HTTP/1.1\nHost: desk\n\n", 400),
    "an absolute address": (b"GET http://canary-5f1d.example{path} HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a path without its slash": (b"GET canary-5f1d HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a star": (b"OPTIONS * HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a fragment": (b"GET {path}#canary-5f1d HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a space in the path": (b"GET {path} canary-5f1d HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a tab for a space": (b"GET\t{path}\tHTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a NUL in the path": (b"GET {path}\x00canary-5f1d HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "raw UTF-8 in the path": (b"GET {path}/\xe7\x8e\xa9canary-5f1d HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "HTTP/0.9": (b"GET {path}\r\n\r\n", 400),
    "HTTP/1.2": (b"GET {path} HTTP/1.2\r\nHost: desk\r\n\r\n", 400),
    "HTTP/9.9": (b"GET {path} HTTP/9.9\r\nHost: desk\r\n\r\n", 400),
    "http in small letters": (b"GET {path} http/1.1\r\nHost: desk\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST {path} HTTP/1.0\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "TRACE": (b"TRACE {path} HTTP/1.1\r\nHost: desk\r\nX-Note: canary-5f1d\r\n\r\n", 405),
    "CONNECT": (b"CONNECT desk:80 HTTP/1.1\r\nHost: desk\r\n\r\n", 405),
    "a method of WebDAV": (b"PROPFIND {path} HTTP/1.1\r\nHost: desk\r\n\r\n", 405),
    "a method nobody knows": (b"CANARY-5F1D {path} HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "a method in small letters": (b"get {path} HTTP/1.1\r\nHost: desk\r\n\r\n", 400),
    "an address of 9,000 bytes": (b"GET {path}?" + b"canary-5f1d" * 820 + b" HTTP/1.1\r\nHost: desk\r\n\r\n", 414),
    "an address of a megabyte": (b"GET {path}?" + b"canary-5f1d" * 100_000, 414),
    "a header without an end": (b"GET {path} HTTP/1.1\r\nHost: desk\r\nX-Note: " + b"canary-5f1d" * 100_000, 431),
    "a name without an end": (b"GET {path} HTTP/1.1\r\nHost: desk\r\n" + b"canary-5f1d" * 100_000, 431),
    "a million empty lines": (b"\r\n" * 500_000 + b"GET canary-5f1d HTTP/1.1\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), 400),
    "noise": (bytes(range(255, -1, -1)) * 4, 400),
}

CHUNKS: dict[str, bytes] = {
    "no number": b"zz\r\nhello\r\n0\r\n\r\n",
    "a sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "a negative number": b"-5\r\nhello\r\n0\r\n\r\n",
    "a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "an underscore": b"0_5\r\nhello\r\n0\r\n\r\n",
    "a number beyond 64 bits": b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "a space before the number": b" 5\r\nhello\r\n0\r\n\r\n",
    "a line feed only": b"5\nhello\n0\n\n",
    "a line feed in an extension": b"5;a\nhello\r\n0\r\n\r\n",
    "more than it said": b"5\r\nhello there\r\n0\r\n\r\n",
    "a number missing": b"\r\nhello\r\n0\r\n\r\n",
    "a header behind the body": b"2\r\n{}\r\n0\r\nAuthorization: canary-5f1d\r\n\r\n",
}


@pytest.fixture(scope="module", autouse=True)
def _works_on(servers: dict[str, Server]) -> Iterator[None]:
    yield
    for server in servers.values():
        assert server.answers(), f"{server.name} answers no more"
        log = server.log.read_text()
        assert not re.search(r'Traceback|"level": ?"(error|critical)"|\[(ERROR|CRITICAL)\]', log), log[-3000:]
        assert CANARY not in log


def refusal_of(server: Server, sent: bytes) -> Answer:
    """The one answer to `sent`, after which the server closed the connection: a problem document."""
    with Connection(server.port) as connection:
        connection.send(sent)
        answers = connection.answers_until_closed()
        assert CANARY not in connection.received.decode("latin-1")
    assert len(answers) == 1, answers
    (answer,) = answers
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem["title"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    return answer


@pytest.mark.parametrize("what", HEADERS)
def test_an_ambiguous_head_is_refused_and_nothing_behind_it_is_read(server: Server, what: str) -> None:
    head = server.head("POST" if JSON in HEADERS[what] else "GET", *HEADERS[what])

    answer = refusal_of(server, head + b"0\r\n\r\n" + server.head())

    assert answer.status == STATUS.get(what, 400)


@pytest.mark.parametrize("what", HEADS)
def test_what_is_no_request_is_refused(server: Server, what: str) -> None:
    head, status = HEADS[what]
    assert refusal_of(server, head.replace(b"{path}", server.path.encode())).status == status


@pytest.mark.parametrize("what", CHUNKS)
def test_a_body_in_broken_chunks_is_refused_and_nothing_behind_it_is_read(server: Server, what: str) -> None:
    sent = server.head("POST", JSON, CHUNKED) + CHUNKS[what] + server.head()

    answer = refusal_of(server, sent)

    assert answer.status == 400


def test_a_request_in_the_body_of_another_is_a_body(server: Server) -> None:
    inner = server.head()
    assert refusal_of(server, server.head("GET", f"Content-Length: {len(inner)}") + inner).status == 415


def test_a_body_that_is_too_long_is_refused(server: Server) -> None:
    assert refusal_of(server, server.head("POST", JSON, "Content-Length: 70000") + b"x" * 70_000).status == 413
    with Connection(server.port) as connection:
        connection.send(server.head("POST", JSON, CHUNKED) + b"fff\r\n%s\r\n" % (b"x" * 0xFFF) * 20 + b"0\r\n\r\n")
        assert connection.answer().json()["type"] == "urn:gamedesk:problem:body-too-large"


def test_what_comes_before_the_answer_is_not_read(server: Server) -> None:
    """A second request in the same breath: its client has to send it again, on a connection of its own."""
    with Connection(server.port) as connection:
        connection.send(server.head() + server.head())
        answers = connection.answers_until_closed()

    assert [(answer.status, answer.headers.get("connection")) for answer in answers] == [(200, "close")]


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_another_protocol_is_not_spoken(server: Server, protocol: str) -> None:
    upgrade = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}", "HTTP2-Settings: AAMAAABkAAQAAP__")
    with Connection(server.port) as connection:
        connection.send(server.head("GET", *upgrade) + server.head())
        answers = connection.answers_until_closed()

    assert [answer.status for answer in answers] == [200]


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(server: Server) -> None:
    for sent in (b"", b"GET", server.head("POST", JSON, "Content-Length: 10"), server.head("POST", CHUNKED) + b"5\r\n"):
        with Connection(server.port) as connection:
            connection.send(sent)
    assert server.answers()


def test_tls_is_told_at_once_that_this_is_not_its_port(server: Server) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="desk")


def test_a_header_with_an_underscore_is_none(server: Server) -> None:
    """Flask would take `X_Y` for `X-Y`: a service would read what its contract did not check."""
    with Connection(server.port) as connection:
        connection.send(server.head("GET", f"Idempotency_Key: {CANARY}", "Content_Length: 7", "Host_: b"))
        assert connection.answer().status == 200


class TestWhatIsLegal:
    """The limits leave room for every real client."""

    def test_a_long_head_on_each_request_of_a_connection(self, server: Server) -> None:
        cookies = [f"Cookie: note{number}={'x' * 3000}" for number in range(8)]
        with Connection(server.port) as connection:
            for _ in range(3):
                connection.send(server.head("GET", *cookies))
                assert connection.answer().status == 200

    def test_a_head_in_single_bytes(self, server: Server) -> None:
        with Connection(server.port) as connection:
            for byte in server.head("GET", *(f"X-Note-{number}: b" for number in range(50))):
                connection.send(bytes([byte]))
            assert connection.answer().status == 200

    def test_an_address_of_8000_bytes(self, server: Server) -> None:
        with Connection(server.port) as connection:
            connection.send(server.head(path=f"{server.path}?q={'x' * 8000}"))
            assert connection.answer().json()["errors"][0]["pointer"].startswith("/query")

    def test_http_1_0(self, server: Server) -> None:
        with Connection(server.port) as connection:
            connection.send(server.head(version="1.0"))
            assert [answer.status for answer in connection.answers_until_closed()] == [200]

    def test_a_body_in_chunks_with_extensions(self, server: Server) -> None:
        with Connection(server.port) as connection:
            connection.send(server.head("POST", JSON, CHUNKED) + b'1;a=b\r\n{\r\n001;c="d"\r\n}\r\n0;e\r\n\r\n')
            problem = connection.answer().json()
            assert problem["errors"], "the body was read and is checked as any other"

    def test_a_client_that_waits_to_be_asked_for_its_body(self, server: Server) -> None:
        with Connection(server.port) as connection:
            connection.send(server.head("POST", JSON, "Content-Length: 2", "Expect: 100-continue"))
            assert connection.answer().status == 100
            connection.send(b"{}")
            assert connection.answer().status == 400

    def test_an_empty_line_before_the_request(self, server: Server) -> None:
        with Connection(server.port) as connection:
            for _ in range(2):
                connection.send(b"\r\n" + server.head())
                assert connection.answer().status == 200

    def test_a_request_right_after_an_answer_without_a_body(self, servers: dict[str, Server]) -> None:
        gateway = servers["gateway"]
        with Connection(gateway.port) as connection:
            for _ in range(20):
                connection.send(gateway.head("DELETE", path="/api/session"))
                assert connection.answer().status == 204
                connection.send(gateway.head())
                assert connection.answer().status == 200


def test_who_takes_too_long_is_told_so_and_hung_up_on(servers: dict[str, Server]) -> None:
    """A head byte by byte, and a body byte by byte: each has a time as a whole, not for each byte."""
    slow = [
        (Connection(server.port), server.head("POST", JSON, "Content-Length: 1000") + b" " * first)
        for server in servers.values()
        for first in (0, 1)
    ]
    heads = [(Connection(server.port), server.head()[:20]) for server in servers.values()]
    silent = [(Connection(server.port), b"") for server in servers.values()]
    for connection, sent in [*slow, *heads]:
        connection.send(sent)

    for connection, _ in silent:
        assert connection.answers_until_closed() == []
    for connection, _ in heads:
        (answer,) = connection.answers_until_closed()
        assert (answer.status, answer.json()["type"]) == (408, "urn:gamedesk:problem:headers-too-slow")
    for connection, _ in slow:
        (answer,) = connection.answers_until_closed()
        assert (answer.status, answer.json()["type"]) == (408, "urn:gamedesk:problem:body-too-slow")
