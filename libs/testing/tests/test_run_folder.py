"""Runs clean up after themselves, and after runs that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from gamedesk_local.leftovers import servers_on
from gamedesk_testing import run_folder

TESTS = """
def test_first(nats_server, postgres_server): pass
def test_second(nats_server, postgres_server): pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_run_leaves_no_server_and_no_folder(new_state_dir: Callable[[str], Path], workers: str) -> None:
    tmp_path = new_state_dir("outer")
    (tmp_path / "test_example.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    outer = {name: v for name, v in os.environ.items() if not name.startswith(("PYTEST", "GAMEDESK_TEST"))}
    plugins = ["-p", "gamedesk_testing.plugin", "-p", "xdist", "-p", "no:cacheprovider"]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-n", workers, str(tmp_path)],
        env={**outer, "TMPDIR": str(temporary), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert not list(temporary.glob("gamedesk-*"))
    assert not servers_on(temporary)


def test_folder_of_a_killed_run_is_cleared(
    new_state_dir: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path = new_state_dir("outer")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    abandoned = run_folder.make()
    run_folder.postgres_url(abandoned)
    (abandoned / run_folder.OWNER).write_text(f"{os.getpid()} 1.0")  # a pid that has been reused since
    assert servers_on(abandoned)

    new = run_folder.make()

    assert not abandoned.exists()
    assert not servers_on(abandoned)
    run_folder.clear(new)
