"""The fault proxy: each mode does what it says, and a COMMIT can be lost, left unanswered or held."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from tests.faults.harness import links as proxy
from tests.faults.harness.links import Commit, Link, Links, Mode

ANSWER = bytes(range(64))


class Server:
    """Answers every request with its name, or 64 bytes, and remembers what it was asked."""

    def __init__(self, answer: bytes = ANSWER) -> None:
        self.asked = b""
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # or the thread that accepts would keep it open
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(1000):
                    self.asked += data
                    connection.sendall(self._answer)
            except OSError:
                return


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def link(links: Links, server: Server) -> Link:
    return links.add("client>server", server.port)


def connect(link: Link, timeout: float = 10) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), timeout=timeout)


def ask(connection: socket.socket, question: bytes = b"?") -> bytes:
    """The whole answer, or what came of it before the connection ended."""
    got = b""
    try:
        connection.sendall(question)
        while len(got) < len(ANSWER) and (data := connection.recv(1000)):
            got += data
    except ConnectionError:
        pass
    return got


def test_a_straight_link_carries_everything(link: Link) -> None:
    with connect(link) as connection:
        assert ask(connection) == ask(connection) == ANSWER


def test_a_cut_link_drops_what_there_is_and_refuses_what_comes(link: Link) -> None:
    with connect(link) as connection:
        assert ask(connection) == ANSWER
        link.set(Mode.CUT)
        assert ask(connection) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(link)
    assert link.bites == 1
    link.set(Mode.PASS)
    with connect(link) as connection:
        assert ask(connection) == ANSWER


def test_a_reset_comes_in_the_middle_of_an_answer(link: Link) -> None:
    link.set(Mode.RESET)
    with connect(link) as connection:
        connection.sendall(b"?")
        assert 0 < len(connection.recv(1000)) < len(ANSWER)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert link.bites == 1


def test_a_mode_that_met_nothing_has_not_bitten(link: Link) -> None:
    for mode in Mode:
        link.set(mode)
    link.set(Mode.PASS)
    with connect(link) as connection:
        assert ask(connection) == ANSWER
    assert link.bites == 0


def test_an_armed_mode_is_for_the_next_answer_only(link: Link) -> None:
    link.arm(Mode.RESET)
    with connect(link) as connection:
        assert len(ask(connection)) < len(ANSWER)
    with connect(link) as connection:
        assert ask(connection) == ANSWER


@pytest.mark.parametrize(
    ("mode", "arrives"), [(Mode.HALF_OPEN, b""), (Mode.NO_REQUESTS, b""), (Mode.NO_ANSWERS, b"lost?")]
)
def test_what_is_swallowed_is_not_told_until_the_link_is_straight(
    link: Link, server: Server, eventually: Callable[..., Any], mode: Mode, arrives: bytes
) -> None:
    with connect(link) as connection:
        assert ask(connection, b"first") == ANSWER
        link.set(mode)
        connection.sendall(b"lost?")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        eventually(lambda: server.asked == b"first" + arrives)
        link.set(Mode.PASS)
        connection.settimeout(10)
        assert ask(connection) == b""  # bytes are missing in it: it cannot go on
    with connect(link) as connection:
        assert ask(connection) == ANSWER


def test_a_half_open_link_keeps_silent_about_an_end(link: Link, links: Links) -> None:
    link.set(Mode.HALF_OPEN)
    with connect(link, timeout=0.3) as connection:
        connection.shutdown(socket.SHUT_WR)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_slow_link_takes_its_time_each_way(link: Link) -> None:
    link.set(Mode.SLOW)
    with connect(link) as connection:
        began = time.monotonic()
        assert ask(connection) == ANSWER
        assert time.monotonic() - began >= 2 * proxy.LATENCY


def test_a_dripping_link_hands_over_a_few_bytes_at_a_time(link: Link) -> None:
    link.set(Mode.DRIP)
    with connect(link) as connection:
        began = time.monotonic()
        assert ask(connection) == ANSWER
        assert time.monotonic() - began >= (len(ANSWER) / proxy.DRIP_BYTES - 1) * proxy.DRIP_PAUSE


def test_connections_go_to_each_target_in_turn_and_past_one_that_is_down(links: Links) -> None:
    servers = [Server(b"a" * 64), Server(b"b" * 64)]
    link = links.add("client>two", *(server.port for server in servers))

    def answers() -> set[bytes]:
        found = set()
        for _ in range(4):
            with connect(link) as connection:
                found.add(ask(connection)[:1])
        return found

    assert answers() == {b"a", b"b"}
    servers[0].close()
    with connect(links.add("client>gone", servers[0].port)) as connection:
        assert ask(connection) == b""
    link_past = links.add("client>one-down", servers[0].port, servers[1].port)
    for _ in range(2):
        with connect(link_past) as connection:
            assert ask(connection)[:1] == b"b"
    servers[1].close()


class Writer:
    """Writes one row through a link, and asks for it past the link."""

    def __init__(self, links: Links, address: str) -> None:
        url = make_url(address)
        self.direct = url.set(drivername="postgresql").render_as_string(hide_password=False)
        socket_dir = str(url.query["host"])
        self.link = links.add("program>postgres", Path(socket_dir) / ".s.PGSQL.5432")
        self._through = {"host": "127.0.0.1", "port": self.link.port, "dbname": url.database, "user": url.username}
        self._through |= {"password": url.password, "sslmode": "disable", "gssencmode": "disable"}
        with psycopg.connect(self.direct) as connection:
            connection.execute("CREATE TABLE written (what text PRIMARY KEY)")

    def write(self, what: str) -> None:
        with psycopg.connect(**self._through) as connection:
            connection.execute("INSERT INTO written VALUES (%s)", [what])

    def written(self) -> list[str]:
        with psycopg.connect(self.direct) as connection:
            return [row[0] for row in connection.execute("SELECT what FROM written ORDER BY what").fetchall()]


@pytest.fixture
def writer(links: Links, fresh_database: Callable[[str], str]) -> Writer:
    return Writer(links, fresh_database("links"))


def test_a_lost_commit_leaves_nothing(writer: Writer) -> None:
    lost, _ = writer.link.at_commit(Commit.LOST, carrying=b"mine")
    writer.write("others")
    with pytest.raises(psycopg.OperationalError):
        writer.write("mine")
    assert lost.is_set()
    assert writer.written() == ["others"]
    writer.write("mine")  # once only


def test_an_unanswered_commit_is_done_and_nobody_told(writer: Writer) -> None:
    unanswered, _ = writer.link.at_commit(Commit.UNANSWERED, carrying=b"mine")
    with pytest.raises(psycopg.OperationalError):
        writer.write("mine")
    assert unanswered.is_set()
    assert writer.written() == ["mine"]


def test_a_held_commit_waits_until_it_is_released(writer: Writer) -> None:
    held, release = writer.link.at_commit(Commit.HELD, carrying=b"first")
    thread = threading.Thread(target=writer.write, args=["first"])
    thread.start()
    assert held.wait(10)
    writer.write("second")
    assert writer.written() == ["second"]
    release()
    thread.join(10)
    assert writer.written() == ["first", "second"]


def test_a_trap_can_wait_for_whatever_changes_a_row(writer: Writer) -> None:
    lost, _ = writer.link.at_commit(Commit.LOST, carrying=proxy.WROTE)
    with psycopg.connect(**writer._through) as connection:
        connection.execute("UPDATE written SET what = 'x' WHERE false")
    assert not lost.is_set()
    with pytest.raises(psycopg.OperationalError):
        writer.write("mine")
    assert lost.is_set()
