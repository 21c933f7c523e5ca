"""up, status and down as a person types them, on the whole product."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from gamedesk_local import leftovers, system
from gamedesk_local.state import State
from gamedesk_testing import eventually

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def state(new_state_dir: Callable[[str], Path]) -> State:
    return State(new_state_dir("command"))


@pytest.fixture(scope="module")
def gamedesk(state: State) -> Command:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "GAMEDESK_HOME": str(state.folder)}
        command = [sys.executable, "-P", "-m", "gamedesk_local", *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)

    return run


@pytest.fixture
def running(gamedesk: Command) -> Iterator[str]:
    """What `up` said."""
    answer = gamedesk("up", "--detach", "--no-console-build", "--no-demo-data", "--port", str(system.free_port()))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    yield answer.stdout
    gamedesk("down")


def test_status_before_any_start_says_how_to_start(gamedesk: Command) -> None:
    answer = gamedesk("status")
    assert answer.returncode == 1
    assert "./gamedesk up" in answer.stdout


def test_down_without_an_instance_says_so(gamedesk: Command) -> None:
    answer = gamedesk("down")
    assert answer.returncode == 0
    assert "was not running" in answer.stdout


def test_taken_port_is_named_with_the_way_out(gamedesk: Command) -> None:
    with socket.create_server((system.LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        answer = gamedesk("up", "--port", str(port))
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert f"./gamedesk up --port {port + 1}" in answer.stderr


def test_seed_without_an_instance_says_how_to_start(gamedesk: Command) -> None:
    answer = gamedesk("seed")
    assert answer.returncode == 1
    assert "./gamedesk up" in answer.stderr


def test_doctor_finds_nothing_serious_here(gamedesk: Command) -> None:
    answer = gamedesk("doctor", "--port", str(system.free_port()))
    assert answer.returncode == 0, answer.stdout
    assert "BAD" not in answer.stdout


def test_doctor_names_who_has_the_port(gamedesk: Command) -> None:
    with socket.create_server((system.LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        assert f"port {port} is in use" in gamedesk("doctor", "--port", str(port)).stdout


def test_second_start_names_the_first_and_touches_nothing(state: State, gamedesk: Command) -> None:
    state.make()
    log = state.logs / "gamedesk.log"
    log.write_text("what the first said")
    with state.only_one():
        (state.run / "ready").write_text(str(os.getpid()))
        address = f"http://{system.LOOPBACK}:{state.port('gateway')}/"
        for options in ((), ("--detach",)):
            answer = gamedesk("up", "--port", "9", *options)
            assert answer.returncode == 1
            assert f"already running at {address}" in answer.stderr
            assert "--port 9 was ignored" in answer.stderr
            assert "stopped" not in answer.stdout
        assert "ignored" not in gamedesk("up").stderr
        assert f"GameDesk runs at {address}" in gamedesk("status").stdout
        assert f"port {state.port('gateway')} is ours" in gamedesk("doctor").stdout
        assert (state.run / "ready").exists()
    assert log.read_text() == "what the first said"


def test_restore_while_running_is_refused_before_it_asks(state: State, gamedesk: Command, tmp_path: Path) -> None:
    with state.only_one():
        answer = gamedesk("restore", str(tmp_path))
    assert answer.returncode == 1
    assert "./gamedesk down" in answer.stderr
    assert "Replace all data" not in answer.stdout


@pytest.mark.parametrize("service", ["players", "catalog"])
def test_command_of_a_service_without_its_database_says_so_in_a_sentence(gamedesk: Command, service: str) -> None:
    gamedesk("doctor")  # makes the state folder
    answer = gamedesk("service", service, "dead-letters", "list")
    assert answer.returncode == 1
    assert answer.stderr.startswith("The database does not answer (")
    assert answer.stderr.endswith("is GameDesk running?\n")
    assert answer.stderr.count("\n") == 1


def test_the_gateways_commands_are_run_like_a_services(gamedesk: Command, tmp_path: Path) -> None:
    gamedesk("doctor")  # makes the state folder
    keys = tmp_path / "session.key"
    keys.write_text("one\n")
    answer = gamedesk("service", "gateway", "session-key", "add", str(keys))
    assert answer.returncode == 0, answer.stderr
    assert len(keys.read_text().split()) == 2
    assert "players, tickets, catalog, sales, gateway" in gamedesk("service", "nobody", "list").stderr
    assert "gateway" not in gamedesk("heal", "--restored", "nobody").stderr


@pytest.mark.product
def test_started_product_is_ready_and_ends_without_a_trace(running: str, gamedesk: Command, state: State) -> None:
    assert "GameDesk is ready" in running
    assert "Ctrl-C" not in running, "no key ends what runs in the background"
    status = gamedesk("status")
    assert status.returncode == 0, status.stdout
    processes = leftovers.Record(state.processes).alive()
    assert len(processes) == 12

    assert "already running" in gamedesk("up").stderr
    assert gamedesk("down").returncode == 0

    assert not any(process.is_running() for process in processes.values())
    assert not leftovers.servers_on(state.folder)


@pytest.mark.product
def test_what_a_killed_instance_left_is_cleared_away(running: str, gamedesk: Command, state: State) -> None:
    assert running
    instance = state.instance()
    assert instance is not None
    processes = leftovers.Record(state.processes).alive()
    os.kill(instance, signal.SIGKILL)
    eventually(lambda: state.instance() is None)
    assert any(process.is_running() for process in processes.values())
    assert "of an earlier start still run" in gamedesk("doctor").stdout

    answer = gamedesk("down")

    assert "stopped what an earlier start had left" in answer.stdout
    _, alive = psutil.wait_procs(processes.values(), timeout=10)
    assert not alive
