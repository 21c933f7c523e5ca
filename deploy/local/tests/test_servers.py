"""The product's own PostgreSQL and NATS: who may do what, and how they survive bad ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import nats
import nats.errors
import psutil
import psycopg
import pytest
import yaml
from gamedesk_local import system
from gamedesk_local.errors import LocalError
from gamedesk_local.layout import NATS_CONFIG, NATS_USERS
from gamedesk_local.nats_server import NatsServer
from gamedesk_local.postgres import THROWAWAY_SETTINGS, PostgresServer
from gamedesk_local.state import REPOSITORY
from gamedesk_testing import eventually

STREAMS = ("PLAYERS", "TICKETS", "CATALOG", "SALES")


@pytest.fixture(scope="module")
def postgres(new_state_dir: Callable[[str], Path]) -> Iterator[PostgresServer]:
    server = PostgresServer(new_state_dir("postgres"), "p@ss/word", THROWAWAY_SETTINGS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def folder(new_state_dir: Callable[[str], Path]) -> Path:
    return new_state_dir("postgres")


def enter(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_wrong_password_does_not_enter(postgres: PostgresServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        enter(postgres.url("postgres", password="wrong"))


def test_role_of_one_service_does_not_enter_anothers_database(postgres: PostgresServer) -> None:
    own = postgres.ensure_database("players", "one")
    postgres.ensure_database("tickets", "two")
    enter(own).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        enter(postgres.url("tickets", "players", "one"))


def test_changed_password_of_a_role_is_taken_over(postgres: PostgresServer) -> None:
    postgres.ensure_database("sales", "old")
    enter(postgres.ensure_database("sales", "new")).close()


def test_nothing_but_the_socket_is_listened_on(postgres: PostgresServer) -> None:
    pid = postgres.pid()
    assert pid is not None
    assert psutil.Process(pid).net_connections("inet") == []
    assert postgres.socket_dir.stat().st_mode & 0o077 == 0


def test_second_server_on_the_same_data_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(LocalError, match="still runs"):
        PostgresServer(postgres.folder, postgres.password).start()


def test_data_survive_a_kill_and_a_pid_file_that_names_a_stranger(folder: Path) -> None:
    server = PostgresServer(folder, "secret")
    server.start()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    server.stop()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    eventually(lambda: not any(str(folder) in part for p in psutil.process_iter() for part in _cmdline(p)))
    again = PostgresServer(folder, "secret")
    again.start()

    with again.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    again.stop()


def _cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.name() == "postgres" else []
    except psutil.Error:
        return []


def test_half_made_data_folder_is_made_anew(folder: Path) -> None:
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18")
    server = PostgresServer(folder, "secret", THROWAWAY_SETTINGS)
    server.start()
    assert server.is_ready()
    server.stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    passwords = {f"NATS_{user.upper()}_PASSWORD": f"secret{user}" for user in NATS_USERS}
    server = NatsServer(tmp_path_factory.mktemp("nats") / "store", system.free_port(), NATS_CONFIG, passwords)
    server.start()
    asyncio.run(make_streams(server))
    yield server
    server.stop()


async def make_streams(server: NatsServer) -> None:
    client = await nats.connect(server.url("admin", "secretadmin"))
    for stream in STREAMS:
        await client.jetstream().add_stream(name=stream, subjects=[f"{stream.lower()}.>"])
    await client.jetstream().add_consumer("PLAYERS", durable_name="tickets-players", ack_policy="explicit")
    await client.close()


def test_nobody_enters_without_a_password(broker: NatsServer) -> None:
    async def enter_without() -> None:
        await nats.connect(broker.url(), allow_reconnect=False, connect_timeout=2)

    with pytest.raises(nats.errors.Error):
        asyncio.run(enter_without())


def test_service_fetches_and_acknowledges_with_its_own_consumer(broker: NatsServer) -> None:
    async def fetch() -> list[bytes]:
        owner = await nats.connect(broker.url("players", "secretplayers"), inbox_prefix="_INBOX_players")
        await owner.jetstream().publish("players.player.created.v1", b"one")
        await owner.close()
        listener = await nats.connect(broker.url("tickets", "secrettickets"), inbox_prefix="_INBOX_tickets")
        subscription = await listener.jetstream().pull_subscribe_bind("tickets-players", "PLAYERS")
        messages = await subscription.fetch(10, timeout=5)
        for message in messages:
            await message.ack_sync(timeout=5)
        await listener.close()
        return [message.data for message in messages]

    assert b"one" in asyncio.run(fetch())


def test_permissions_cover_exactly_the_declared_streams_and_consumers() -> None:
    granted = set(re.findall(r'"(\$JS\.[^"]+)"', NATS_CONFIG.read_text()))
    declared = set()
    for file in REPOSITORY.glob("services/*/src/*/jetstream.yaml"):
        declaration = yaml.safe_load(file.read_text())
        declared.add(f"$JS.API.STREAM.INFO.{declaration['stream']['name']}")
        for listen in declaration.get("listens", ()):
            place = f"{listen['stream']}.{listen['durable']}"
            declared |= {f"$JS.API.CONSUMER.MSG.NEXT.{place}", f"$JS.ACK.{place}.>"}
    assert granted == declared
