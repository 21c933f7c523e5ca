"""`status`: what is not ready says why."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from gamedesk_local import leftovers, system
from gamedesk_local.cli import app
from gamedesk_local.state import State
from typer.testing import CliRunner

AILING = {"status": "failing", "failing": {"nats": "timeout", "streams": "StreamMissing"}}


class Health(BaseHTTPRequestHandler):
    """Says what `health` of the server says."""

    def do_GET(self) -> None:
        body = json.dumps(self.server.health).encode()  # pyright: ignore[reportAttributeAccessIssue]
        self.send_response(503 if b"failing" in body else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("GAMEDESK_HOME", str(tmp_path))
    state = State(tmp_path)
    state.make()
    return state


@pytest.fixture
def worker(state: State) -> Iterator[ThreadingHTTPServer]:
    """What answers as the worker of tickets, and is the only process that runs."""
    with ThreadingHTTPServer((system.LOOPBACK, state.port("tickets-worker")), Health) as server:
        server.health = AILING  # pyright: ignore[reportAttributeAccessIssue]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        leftovers.Record(state.processes).write({"tickets-worker": os.getpid()})
        yield server
        server.shutdown()


def lines() -> dict[str, str]:
    """The first word of each line of `status`, with the line."""
    answer = CliRunner().invoke(app, ["status"])
    assert answer.exit_code == 1, answer.output
    return {line.split()[0]: line.rstrip() for line in answer.output.splitlines() if line.strip()}


def test_what_a_part_says_is_failing_stands_beside_its_no(worker: ThreadingHTTPServer, state: State) -> None:
    told = lines()
    assert told["tickets-worker"].endswith("NO, nats: timeout, streams: StreamMissing")
    assert told["players-worker"].endswith("NO, does not run")

    worker.health = {"status": "ok"}  # pyright: ignore[reportAttributeAccessIssue]
    assert lines()["tickets-worker"].endswith("yes")

    worker.health = ["failing", "a stranger on this port"]  # pyright: ignore[reportAttributeAccessIssue]
    assert lines()["tickets-worker"].endswith("NO, does not answer")


def test_a_part_that_does_not_answer_is_said_to(state: State) -> None:
    leftovers.Record(state.processes).write({"nats": os.getpid(), "gateway": os.getpid()})
    told = lines()
    assert told["nats"].endswith("NO, does not answer")
    assert told["gateway"].endswith("NO, does not answer")


def test_what_runs_in_part_is_not_said_to_run_without_a_word_more(worker: ThreadingHTTPServer, state: State) -> None:
    with state.only_one():
        state.ready.write_text(str(os.getpid()))
        told = lines()
    assert told["GameDesk"] == f"GameDesk runs at http://{system.LOOPBACK}:{state.port('gateway')}/, 12 parts not ready"
