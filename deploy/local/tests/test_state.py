"""Ports, passwords and the one-instance lock."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from unittest.mock import Mock

import pytest
from gamedesk_local import first_start, running, system
from gamedesk_local.errors import LocalError
from gamedesk_local.product import Product
from gamedesk_local.state import State


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path)
    state.make()
    return state


def test_ports_and_passwords_are_remembered(state: State) -> None:
    again = State(state.folder)
    assert again.port("nats") == state.port("nats")
    assert again.secret("postgres") == state.secret("postgres")


def test_processes_get_different_ports_and_passwords(state: State) -> None:
    names = [f"process-{number}" for number in range(30)]
    assert len({state.port(name) for name in names}) == 30
    assert len({state.secret(name) for name in names}) == 30


def test_no_outgoing_connection_is_given_the_port_of_a_server_that_is_down() -> None:
    usual = 32768  # Linux gives them ports from here on, others higher ones
    assert all(system.free_port() < usual for _ in range(50))


def test_secrets_that_lie_open_are_closed_and_named(state: State) -> None:
    state.secret("postgres")
    key = state.keys / "games" / "xiyou.api_key"
    key.parent.mkdir()
    for file, mode in ((key, 0o640), (state.jwks, 0o644), (state.session_key, 0o600)):
        file.write_text("x")
        file.chmod(mode)
    (state.folder / "secrets.json").chmod(0o644)
    assert set(state.close_secrets()) == {state.folder / "secrets.json", key}
    assert state.close_secrets() == []
    assert state.jwks.stat().st_mode & 0o777 == 0o644, "public keys are public"


def test_passwords_are_readable_by_the_owner_only(state: State) -> None:
    state.secret("postgres")
    assert (state.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    for private in (state.keys, state.logs, state.run):
        assert private.stat().st_mode & 0o777 == 0o700


def test_port_taken_by_a_stranger_is_chosen_anew(state: State) -> None:
    port = state.port("nats")
    state.port("gateway")
    with socket.create_server((system.LOOPBACK, port)):
        assert state.forget_taken_ports() == ["nats"]
        assert state.port("nats") != port


def test_second_instance_is_told_of_the_first(state: State) -> None:
    with state.only_one():
        assert state.instance() is not None
        with (
            pytest.raises(LocalError, match=r"already running .* \(pid \d+\)(.|\n)*gamedesk down"),
            State(state.folder).only_one(),
        ):
            pass
    assert state.instance() is None


def test_pid_left_behind_by_a_killed_instance_is_no_instance(state: State) -> None:
    (state.run / "instance.lock").write_text("1")
    assert state.instance() is None
    with state.only_one():
        pass


def test_an_instance_is_not_ready_because_an_earlier_one_with_its_pid_was(state: State) -> None:
    """In a container every start may get the same pid."""
    (state.run / "ready").write_text(str(os.getpid()))
    with state.only_one():
        assert running.address(state) is None


def test_a_start_in_the_background_does_not_take_an_earlier_ones_readiness_for_its_own(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = Mock(pid=os.getpid(), poll=Mock(side_effect=[None, None, 1, 1]))
    monkeypatch.setattr("subprocess.Popen", lambda *_args, **_options: ends)
    (state.run / "ready").write_text(str(os.getpid()))
    with pytest.raises(LocalError, match="did not start"):
        running.start_detached(state, running.Options(), ["up", "--detach"])


def test_damaged_file_is_named_with_a_way_out(state: State) -> None:
    state.secret("postgres")
    (state.folder / "secrets.json").write_text("{")
    with pytest.raises(LocalError, match=r"secrets.json is damaged(.|\n)*backup"):
        state.secret("postgres")


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalError, match="GAMEDESK_HOME"):
        State(tmp_path / "file" / "state").make()


@pytest.mark.parametrize("in_terminal", [True, False])
def test_ctrl_c_is_named_where_it_reaches_us(state: State, in_terminal: bool) -> None:
    said = first_start.welcome(Product(state.folder), in_terminal=in_terminal)
    assert ("Ctrl-C, or ./gamedesk down, stops everything." in said) == in_terminal
    assert "./gamedesk down" in said
