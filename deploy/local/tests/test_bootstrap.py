"""The file `gamedesk` itself: what it does before gamedesk_local exists."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from gamedesk_local.state import REPOSITORY

SCRIPT = REPOSITORY / "gamedesk"


def run(*arguments: str, path: str | None = None, home: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": path if path is not None else os.environ["PATH"], "GAMEDESK_HOME": str(home / "state")}
    command = ["/bin/sh", str(SCRIPT), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The file as a module, on a tiny workspace and an empty state folder; it runs no command."""
    loader = SourceFileLoader("gamedesk_script", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = module_from_spec(spec)
    loader.exec_module(module)
    root, state = tmp_path / "tree", tmp_path / "state"
    (root / "libs" / "one").mkdir(parents=True)
    (root / "libs" / "one" / "pyproject.toml").write_text("[project]\n")
    (root / "requirements.lock").write_text("uv==1.0 \\\n    --hash=sha256:00\nvue==2\n")
    venv = state / "venv"
    places = {"ROOT": root, "STATE": state, "VENV": venv, "LOCK": root / "requirements.lock"}
    places |= {"PYTHON": venv / "bin" / "python", "STAMP": venv / "gamedesk.stamp"}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)

    def step(_what: str, command: list[str]) -> None:
        module.steps.append(command)
        if "venv" in command:
            module.PYTHON.parent.mkdir(parents=True)
            module.PYTHON.touch()

    module.steps = []  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setattr(module, "run", step)
    return module


def test_help_needs_no_set_up(tmp_path: Path) -> None:
    for arguments in ((), ("--help",), ("up", "--help")):
        answer = run(*arguments, home=tmp_path)
        assert answer.returncode == 0
        assert "./gamedesk up" in answer.stdout
        assert ("The options of `up` are shown once GameDesk is set up" in answer.stdout) == ("up" in arguments)
    assert not (tmp_path / "state").exists()


def test_unknown_command_is_refused_before_any_set_up(tmp_path: Path) -> None:
    answer = run("frobnicate", home=tmp_path)
    assert answer.returncode == 2
    assert "There is no command 'frobnicate'" in answer.stderr
    assert not (tmp_path / "state").exists()


def test_down_before_any_set_up_says_that_nothing_runs(tmp_path: Path) -> None:
    answer = run("down", home=tmp_path)
    assert answer.returncode == 0
    assert "Nothing runs" in answer.stdout


def test_missing_interpreter_is_said_with_the_way_out(tmp_path: Path) -> None:
    answer = run("up", path=str(tmp_path), home=tmp_path)
    assert answer.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in answer.stderr
    assert "Install one" in answer.stderr


def test_too_old_interpreter_on_the_path_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "python3.12").symlink_to(sys.executable)
    answer = run("--help", path=str(tmp_path), home=tmp_path)
    assert answer.returncode == 0


def test_set_up_ends_with_the_stamp(script: ModuleType) -> None:
    assert not script.is_set_up()
    script.set_up()
    assert script.is_set_up()
    assert [command[1] for command in script.steps] == ["-m", "-m", "pip", "pip"]


def test_second_start_has_nothing_to_do(script: ModuleType) -> None:
    script.set_up()
    script.steps.clear()
    script.set_up()
    assert script.steps == []


def test_installs_are_pinned_by_hash_and_told_their_interpreter(script: ModuleType) -> None:
    script.set_up()
    _venv, uv, packages, units = script.steps
    assert (script.VENV / "uv.txt").read_text() == "uv==1.0 \\\n    --hash=sha256:00\n"
    assert "--require-hashes" in uv
    assert "--require-hashes" in packages
    assert str(script.PYTHON) in packages
    assert {"--no-deps", "--no-build-isolation"} <= set(units)


@pytest.mark.parametrize("file", ["requirements.lock", "libs/one/pyproject.toml"])
def test_changed_lock_or_unit_renews_the_environment(script: ModuleType, file: str) -> None:
    script.set_up()
    script.steps.clear()
    with (script.ROOT / file).open("a") as text:
        text.write("# changed\n")
    assert not script.is_set_up()
    script.set_up()
    assert len(script.steps) == 3  # the environment itself stays


def test_half_finished_set_up_is_begun_anew(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    script.PYTHON.parent.mkdir(parents=True)
    script.PYTHON.touch()
    rubbish = script.VENV / "rubbish"
    rubbish.touch()

    script.set_up()

    assert not rubbish.exists()
    assert "an earlier set-up was not finished: beginning anew" in capsys.readouterr().out


def test_environment_whose_interpreter_has_gone_is_begun_anew(script: ModuleType) -> None:
    script.set_up()
    script.PYTHON.unlink()
    script.steps.clear()
    script.set_up()
    assert len(script.steps) == 4


def test_interpreter_without_venv_names_the_package(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(script.Failure, match=r"apt install python3\.\d+-venv"):
        script.set_up()


def test_full_disk_is_said_before_anything_is_fetched(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(script.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(script.Failure, match="GAMEDESK_HOME"):
        script.set_up()
    assert script.steps == []


def test_failing_step_shows_what_was_said_and_the_way_out(tmp_path: Path) -> None:
    loader = SourceFileLoader("gamedesk_script", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    module.STATE = tmp_path  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(module.Failure, match=r"no network(.|\n)*stopped while fetching(.|\n)*run this again"):
        module.run("fetching", ["/bin/sh", "-c", "echo no network >&2; exit 3"])


def test_an_environment_can_be_made_anew_by_its_own_python(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(script.PYTHON))  # whoever has activated it runs us by it
    script.make_venv()
    assert script.steps[0][0] == sys._base_executable  # pyright: ignore[reportAttributeAccessIssue]
