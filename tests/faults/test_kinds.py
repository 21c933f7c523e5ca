"""A fault that did nothing is not counted as one that bit; and a process that serves a COMMIT can be killed at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests.faults.harness import faults, plan
from tests.faults.harness.faults import KINDS, Kind
from tests.faults.harness.links import Links
from tests.faults.test_links import ANSWER, Server, Writer, ask, connect


class Place:
    """Takes the place of a cluster: links and failpoints are real, its PostgreSQL is that of all tests."""

    def __init__(self, links: Links, folder: Path) -> None:
        self.links = links
        self.folder = folder
        self.layout = SimpleNamespace(failpoints=lambda _program: folder)
        self.direct = ""
        self.killed: list[str] = []

    def kill_backend(self, service: str, *, in_transaction: bool = False) -> bool:
        """Without hurting others' tests: the process is told to end."""
        assert in_transaction
        self.killed.append(service)
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        with psycopg.connect(self.direct) as connection:
            return connection.execute(f"{ended} AND datname = current_database()".encode()).fetchone() == (True,)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Any]:
    links = Links()
    yield Place(links, tmp_path)
    links.close()


def test_a_failpoint_bites_when_it_was_reached(place: Any) -> None:
    kind = KINDS["crash-relay-before-mark"]
    assert kind.inject(place, "sales-worker-1")() is False
    undo = kind.inject(place, "sales-worker-1")
    (place.folder / "relay-before-mark").rename(place.folder / "relay-before-mark.reached")  # as the saboteur does
    assert undo() is True
    assert kind.inject(place, "sales-worker-1")() is False


def test_a_link_that_carried_nothing_was_not_harmed(place: Any) -> None:
    server = Server()
    link = place.links.add("gateway-1>sales", server.port)
    kind = KINDS["link-services-slow"]
    assert kind.inject(place, link.name)() is False
    with connect(link) as connection:
        undo = kind.inject(place, link.name)
        assert ask(connection) == ANSWER
        assert undo() is True
        assert kind.inject(place, link.name)() is False
    server.close()


@pytest.mark.parametrize("program", ["sales-web-1", "sales-worker-1"])
def test_a_commit_bites_when_something_was_written(
    place: Any, fresh_database: Callable[[str], str], program: str
) -> None:
    writer = _writer(place, fresh_database, f"{program}>postgres")
    kind = KINDS["commit-lost"]
    undo = kind.inject(place, writer.link.name)
    assert writer.written() == []
    assert undo() is False
    undo = kind.inject(place, writer.link.name)
    with pytest.raises(psycopg.OperationalError):
        writer.write("sales.order.updated.v1")
    assert undo() is True
    assert writer.written() == []


def test_a_process_is_killed_while_a_commit_is_on_its_way_to_it(
    place: Any, fresh_database: Callable[[str], str]
) -> None:
    writer = _writer(place, fresh_database, "sales-worker-1>postgres")
    kind = KINDS["postgres-backend-killed-at-commit"]
    assert kind.inject(place, writer.link.name)() is False
    undo = kind.inject(place, writer.link.name)
    with pytest.raises(psycopg.OperationalError):
        writer.write("mine")
    assert undo() is True
    assert place.killed == ["sales"]
    assert writer.written() == []
    writer.write("mine")  # the link is straight again


def test_what_was_done_and_what_bit_are_told_apart(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    undone = threading.Event()

    def idle(_cluster: Any, _target: str) -> faults.Undo:
        return lambda: undone.set() is not None

    kinds = {
        "kill": Kind("kill", "", "a", ("x",), lambda _cluster, _target: lambda: True),
        "idle": Kind("idle", "", "b", ("x",), idle),
        "none": Kind("none", "", "c", ("x",), idle, missing=lambda: "nothing here"),
    }
    monkeypatch.setattr(plan, "KINDS", kinds)
    steps = [plan.Step(0.0, name, "x", 0.1) for name in kinds]
    campaign = plan.Campaign(place, steps)
    campaign.start()
    campaign.finish()

    assert [step.kind for step in campaign.done] == ["kill", "idle"]
    assert [step.kind for step in campaign.bit] == ["kill"]
    assert campaign.passed_over == [(steps[2], "nothing here")]
    assert undone.is_set()


def _writer(place: Any, fresh_database: Callable[[str], str], link: str) -> Writer:
    writer = Writer(place.links, fresh_database("kinds"))
    writer.link = place.links.add(link, *writer.link._targets)
    writer._through["port"] = writer.link.port
    place.direct = writer.direct
    return writer
