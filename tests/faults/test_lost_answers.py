"""A COMMIT whose answer was lost: nothing is done twice, and what was done is not denied. A migration goes on."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from gamedesk_chassis import idempotency
from gamedesk_chassis.database import Database, new_metadata, will_pass
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.jobs import claim, settle
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.streams import JetStreamDeclaration, StreamDeclaration, ensure_streams_and_consumers
from gamedesk_local.postgres import PostgresServer
from gamedesk_testing.databases import ROLE_PASSWORD
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    String,
    Table,
    create_engine,
    func,
    insert,
    make_url,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import OperationalError

from tests.faults.harness.links import Commit, Link, Links, Mode

METADATA = new_metadata()
KEYS = idempotency.idempotency_table(METADATA)
NOTES = Table("notes", METADATA, Column("note", String(64)))
EDITED = Table("edited", METADATA, Column("name", String(64)), Column("version", Integer))
TASKS = Table(
    "tasks",
    METADATA,
    Column("task_id", Integer, primary_key=True),
    Column("result", String(64)),
    Column("leased_until", DateTime(timezone=True)),
)
BREAKS = (Commit.UNANSWERED, Commit.LOST)


@pytest.fixture
def address(fresh_database: Callable[[str], str]) -> str:
    """Of a database with the tables above, not through the link."""
    url = fresh_database("lost")
    engine = create_engine(url)
    with engine.begin() as tx:
        METADATA.create_all(tx)
        tx.execute(insert(EDITED).values(name="first", version=1))
        tx.execute(insert(TASKS).values([{"task_id": number} for number in range(3)]))
    engine.dispose()
    return url


def through(links: Links, address: str) -> tuple[Link, str]:
    """A link to a database, and the address through it."""
    url = make_url(address)
    link = links.add("program>postgres", Path(str(url.query["host"])) / ".s.PGSQL.5432")
    there = url.set(host="127.0.0.1", port=link.port, query={"sslmode": "disable", "gssencmode": "disable"})
    return link, there.render_as_string(hide_password=False)


@pytest.fixture
def link_and_database(links: Links, address: str) -> Iterator[tuple[Link, Database]]:
    link, url = through(links, address)
    database = Database(url)
    yield link, database
    database.dispose()


def rows(address: str, table: Table) -> list[Any]:
    engine = create_engine(address)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(table)).all()]
    engine.dispose()
    return found


@pytest.mark.parametrize("end", BREAKS)
def test_a_use_case_whose_commit_broke_takes_effect_once(
    link_and_database: tuple[Link, Database], address: str, end: Commit
) -> None:
    link, database = link_and_database
    broken, _ = link.at_commit(end, carrying=b"notes")

    def use_case(tx: Connection) -> str:
        tx.execute(insert(NOTES).values(note="once"))
        return "done"

    assert database.transact(use_case) == "done"
    assert broken.is_set()
    assert rows(address, NOTES) == [("once",)]


@pytest.mark.parametrize("end", BREAKS)
def test_an_edit_whose_commit_broke_is_not_refused_as_stale(
    link_and_database: tuple[Link, Database], address: str, end: Commit
) -> None:
    link, database = link_and_database
    link.at_commit(end, carrying=b"edited")

    def edit(tx: Connection) -> None:
        statement = update(EDITED).where(EDITED.c.version == 1).values(name="second", version=2)
        if tx.execute(statement).rowcount != 1:
            raise StaleVersion()

    database.transact(edit)
    assert rows(address, EDITED) == [("second", 2)]


@pytest.mark.parametrize("end", BREAKS)
def test_a_keyed_creation_whose_commit_broke_gives_the_id_that_is_stored(
    link_and_database: tuple[Link, Database], address: str, end: Commit
) -> None:
    link, database = link_and_database
    link.at_commit(end, carrying=b"the-key")
    count = 0

    def create(tx: Connection) -> Outcome:
        nonlocal count
        count += 1
        tx.execute(insert(NOTES).values(note=f"number {count}"))
        return Outcome(f"number {count}")

    keyed = {"caller": "KF001", "operation": "create", "key": "the-key", "body": {}}
    outcome = database.transact(idempotency.run_once, KEYS, **keyed, use_case=create)
    assert rows(address, NOTES) == [(outcome.resource_id,)]


@pytest.mark.parametrize("end", BREAKS)
def test_a_job_whose_commits_broke_has_the_rows_that_it_leased_and_keeps_its_result(
    link_and_database: tuple[Link, Database], address: str, end: Commit
) -> None:
    link, database = link_and_database
    link.at_commit(end, carrying=b"tasks")
    (mine,) = database.transact(claim, TASKS, true(), limit=1, lease_seconds=60)
    leased = [task_id for task_id, _, until in rows(address, TASKS) if until is not None]
    assert leased == [mine.task_id]
    link.at_commit(end, carrying=b"tasks")
    assert database.transact(settle, TASKS, mine, {"result": "done"})
    assert [result for task_id, result, _ in rows(address, TASKS) if task_id == mine.task_id] == ["done"]


def test_what_cannot_be_found_out_is_not_done_again_and_told_as_passing_trouble(
    link_and_database: tuple[Link, Database], address: str
) -> None:
    link, database = link_and_database
    broken, _ = link.at_commit(Commit.UNANSWERED, carrying=b"notes")
    cut = threading.Thread(target=lambda: (broken.wait(30), link.set(Mode.CUT)))
    cut.start()
    with pytest.raises(OperationalError) as caught:
        database.transact(lambda tx: tx.execute(insert(NOTES).values(note="once")))
    cut.join()
    assert will_pass(caught.value)
    assert rows(address, NOTES) in ([("once",)], [])


def test_a_full_pool_has_room_for_the_question_what_became_of_a_commit(links: Links, address: str) -> None:
    link, url = through(links, address)
    database = Database(url, pool_size=1)
    with contextlib.ExitStack() as others:
        for _ in range(2):  # of three places, with the two beyond the pool's size
            others.enter_context(database.engine.connect())
        link.at_commit(Commit.UNANSWERED, carrying=b"notes")
        database.transact(lambda tx: tx.execute(insert(NOTES).values(note="once")))
    database.dispose()
    assert rows(address, NOTES) == [("once",)]


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[PostgresServer]:
    """A server of the test's own."""
    server = PostgresServer(tmp_path / "postgres", ROLE_PASSWORD, {"fsync": "off"})
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("given_again", [True, False])
def test_a_number_that_a_crashed_server_gave_again_says_nothing_and_one_still_to_come_that_nothing_was_done(
    links: Links, crashing: PostgresServer, eventually: Callable[..., Any], given_again: bool
) -> None:
    """Numbers are not in the log before what they are for: a server that crashes forgets who had the last ones."""
    link, url = through(links, crashing.ensure_database("crashing", ROLE_PASSWORD))
    database = Database(url)
    numbered = text("SELECT pg_backend_pid(), pg_current_xact_id()::text::bigint")
    ours: list[tuple[int, int]] = []
    failures: list[BaseException] = []

    def use_case(tx: Connection) -> None:
        ours.append(tuple(tx.execute(numbered).one()))

    def transact() -> None:
        try:
            database.transact(use_case)
        except BaseException as failure:
            failures.append(failure)

    held, _ = link.at_commit(Commit.HELD, carrying=b"pg_current_xact_id()")
    waiting = threading.Thread(target=transact)
    waiting.start()
    assert held.wait(30)
    link.set(Mode.HALF_OPEN)  # the client hears of nothing yet
    ((pid, number),) = ours
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: _answer_of(crashing, "SELECT 1"))  # which takes no number
    if given_again:
        while _answer_of(crashing, "SELECT pg_current_xact_id()::text::bigint") < number:
            pass
        # An autovacuum may have it now.
        eventually(lambda: _answer_of(crashing, "SELECT pg_xact_status(%s::text::xid8)", number) == "committed")

    link.set(Mode.PASS)
    waiting.join(30)
    database.dispose()
    if given_again:
        (failure,) = failures
        assert will_pass(failure)
        assert len(ours) == 1
    else:
        assert not failures
        assert len(ours) == 2


def _answer_of(server: PostgresServer, query: LiteralString, *given: int) -> Any:
    """The one value that a query finds; None while the server does not take connections."""
    try:
        with server.connect() as connection:
            (value,) = connection.execute(query, given).fetchone() or (None,)
            return value
    except psycopg.OperationalError:
        return None


def test_a_migration_that_loses_the_database_goes_on_when_it_is_back(
    links: Links, fresh_database: Callable[[str], str]
) -> None:
    address = fresh_database("catalog")
    link, url = through(links, address)
    revisions = Path(str(files("gamedesk_catalog"))) / "migrations"
    broken, _ = link.at_commit(Commit.LOST, carrying=b"CREATE TABLE")
    migrate(url, revisions, wait_seconds=20)
    assert broken.is_set()
    engine = create_engine(address)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(text("alembic_version"))).scalar_one() == 1
    engine.dispose()


def test_streams_are_made_when_nats_went_away_meanwhile(
    links: Links, nats_url: str, eventually: Callable[..., Any]
) -> None:
    link = links.add("migrate>nats", int(nats_url.rsplit(":", 1)[1]))
    owner = JetStreamDeclaration(stream=StreamDeclaration(name="LATE", subjects=["late.>"]))
    listens = {"stream": "LATE", "durable": "listener-late", "filter_subjects": ["late.>"]}
    listener = JetStreamDeclaration.model_validate(
        {"stream": {"name": "LISTENER", "subjects": ["listener.>"]}, "listens": [listens]}
    )
    failures: list[BaseException] = []

    def ensure() -> None:
        try:
            ensure_streams_and_consumers(f"nats://127.0.0.1:{link.port}", listener, wait_seconds=30)
        except BaseException as failure:
            failures.append(failure)

    waiting = threading.Thread(target=ensure)
    waiting.start()
    eventually(lambda: link.connections() == 1)
    link.set(Mode.CUT)  # while it waits for the other's stream
    link.set(Mode.RESET)  # NATS's greeting
    eventually(lambda: link.bites > 3)
    link.set(Mode.PASS)
    ensure_streams_and_consumers(nats_url, owner)
    waiting.join(30)
    assert not waiting.is_alive()
    assert failures == []
