"""The supervisor, with toy processes."""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from gamedesk_local import health, leftovers
from gamedesk_local.errors import LocalError, SettingsRefused
from gamedesk_local.processes import Process, Supervisor
from gamedesk_local.state import State
from gamedesk_testing import eventually

SERVER = """
import http.server, os, pathlib, signal, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
def end(*_):
    with open(sys.argv[2], "a") as file: file.write(sys.argv[3] + "\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Stage:
    """A supervisor, what it said, and the order in which its processes ended."""

    def __init__(self, folder: Path) -> None:
        self.state = State(folder)
        self.state.make()
        self.said: list[str] = []
        self.ended = folder / "ended"
        self.supervisor = Supervisor(self.state.logs, self.state.processes, self.said.append)

    def server(self, name: str, tier: int = 1) -> Process:
        port = self.state.port(name)
        command = [sys.executable, "-c", SERVER, str(port), str(self.ended), name]
        return Process(name=name, command=command, ready=partial(health.is_ready, port), tier=tier, port=port)

    def run(self, *processes: Process) -> None:
        self.supervisor.start(processes)
        self.supervisor.wait_ready([process.name for process in processes], within=20)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.supervisor.stop_all()


def broken(name: str, code: str = "import sys; sys.exit('no configuration')") -> Process:
    return Process(name=name, command=[sys.executable, "-c", code], ready=lambda: False, tier=1)


def test_started_process_is_ready_and_writes_its_log(stage: Stage) -> None:
    stage.run(stage.server("one"))
    assert stage.supervisor.is_ready("one")
    assert stage.supervisor.log_of("one").exists()


def test_crashed_process_is_started_again_and_said(stage: Stage) -> None:
    stage.run(stage.server("one"))
    first = stage.supervisor.pid("one")
    assert first is not None

    os.kill(first, signal.SIGKILL)

    eventually(lambda: stage.supervisor.pid("one") not in (None, first) and stage.supervisor.is_ready("one"))
    assert "one ended (SIGKILL); starting it again in 0.5 s" in stage.said[0]


def test_process_that_keeps_ending_stops_the_start_with_its_last_words(stage: Stage) -> None:
    stage.supervisor.start([broken("one")])
    with pytest.raises(LocalError, match=r"one keeps ending:\nno configuration"):
        stage.supervisor.wait_ready(["one"], within=20)


@pytest.mark.parametrize("code", [2, 4])
def test_process_that_refuses_its_settings_is_not_started_again(stage: Stage, code: int) -> None:
    words = f"import sys; print('GAMEDESK_NATS_URL: the password in it is a placeholder'); sys.exit({code})"
    stage.supervisor.start([broken("one", words)])
    with pytest.raises(
        SettingsRefused, match=r"one refuses its settings:\nGAMEDESK_NATS_URL: .* placeholder"
    ) as refused:
        stage.supervisor.wait_ready(["one"], within=20)
    assert refused.value.process == "one"
    assert stage.said == [f"one refuses its settings; its log: {stage.supervisor.log_of('one')}"]


def test_process_that_was_ready_is_started_again_whatever_its_exit_code(stage: Stage) -> None:
    words = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(2)); print('up', flush=True); time.sleep(60)"
    )
    stage.supervisor.start([Process(name="one", command=[sys.executable, "-c", words], ready=lambda: True, tier=1)])
    stage.supervisor.wait_ready(["one"], within=20)
    eventually(lambda: stage.supervisor.log_tail("one"))
    first = stage.supervisor.pid("one")
    assert first is not None

    os.kill(first, signal.SIGTERM)

    eventually(lambda: stage.supervisor.pid("one") not in (None, first))
    assert "one ended (exit code 2); starting it again" in stage.said[0]


def test_process_that_is_not_ready_in_time_stops_the_start(stage: Stage) -> None:
    stage.supervisor.start([broken("one", "import time; time.sleep(60)")])
    with pytest.raises(LocalError, match="one is not ready after 0 s"):
        stage.supervisor.wait_ready(["one"], within=0.2)


def test_killed_process_stays_down_until_restarted(stage: Stage) -> None:
    stage.run(stage.server("one"))
    stage.supervisor.kill("one")
    assert stage.supervisor.pid("one") is None
    assert not stage.supervisor.is_ready("one")

    stage.supervisor.restart("one")

    stage.supervisor.wait_ready(["one"], within=20)
    assert stage.said == []


def test_stop_goes_from_the_highest_tier_to_the_lowest(stage: Stage) -> None:
    stage.run(stage.server("database", tier=0), stage.server("service", tier=1), stage.server("gateway", tier=2))
    stage.supervisor.stop_all()
    assert stage.ended.read_text().split() == ["gateway", "service", "database"]
    assert not stage.state.processes.exists()


def test_process_deaf_to_the_signal_is_killed(stage: Stage) -> None:
    code = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    deaf = Process(name="deaf", command=[sys.executable, "-c", code], ready=lambda: True, tier=1, stop_within=0.2)
    stage.supervisor.start([deaf])
    eventually(lambda: "deaf" in stage.supervisor.log_tail("deaf"))
    pid = stage.supervisor.pid("deaf")
    assert pid is not None

    stage.supervisor.stop_all()

    assert not psutil.pid_exists(pid)
    assert stage.said == ["deaf did not stop within 0 s: killed"]


def test_leftovers_of_a_killed_supervisor_are_found_and_stopped(stage: Stage) -> None:
    stage.run(stage.server("one"), stage.server("two"))
    assert set(leftovers.Record(stage.state.processes).alive()) == {"one", "two"}

    stopped = leftovers.Record(stage.state.processes).stop()  # as the next start does it

    assert stopped == ["one", "two"]
    assert stage.ended.read_text().split() == ["two", "one"]


def test_pid_of_a_stranger_is_no_leftover(tmp_path: Path) -> None:
    record = leftovers.Record(tmp_path / "processes.json")
    record.write({"one": os.getpid()})
    text = record._path.read_text()
    record._path.write_text(text.replace('"created": 1', '"created": 9'))
    assert record.alive() == {}


@pytest.mark.parametrize("status", [200, 503])
def test_ready_means_200(free_port: int, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        pass

    answer = Answer()
    answer.status = status  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setattr(http.client.HTTPConnection, "request", lambda *_: None)
    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", lambda *_: answer)
    assert health.is_ready(free_port) is (status == 200)


def test_nobody_there_is_not_ready(free_port: int) -> None:
    assert health.is_ready(free_port) is False
