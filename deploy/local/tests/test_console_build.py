"""The console is built when, and only when, its sources have changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from gamedesk_local import layout
from gamedesk_local.console_build import ConsoleBuild
from gamedesk_local.errors import LocalError
from gamedesk_local.state import State


class Recorded(ConsoleBuild):
    """npm is replaced by what it leaves behind."""

    def __init__(self, state: State, folder: Path) -> None:
        self.said: list[str] = []
        self.calls: list[str] = []
        self.folder = folder
        super().__init__(state, self.said.append, folder)

    def npm(self, *arguments: str, show: bool = False) -> int:
        self.calls.append(" ".join(arguments))
        made = "dist" if "build" in arguments else "node_modules"
        (self.folder / made).mkdir(exist_ok=True)
        (self.folder / made / "index.html").touch()
        return 0


@pytest.fixture
def console(tmp_path: Path) -> Recorded:
    folder = tmp_path / "console"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    (folder / "src" / "main.ts").write_text("first")
    return Recorded(State(tmp_path / "state"), folder)


def test_a_gateway_that_runs_before_the_page_is_built_knows_where_it_will_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "CONSOLE_PAGE", tmp_path / "not built")
    state = State(tmp_path)
    state.make()
    assert layout.Layout(state).gateway_environment()["GAMEDESK_CONSOLE_DIR"] == str(tmp_path / "not built")


def test_first_build_installs_without_scripts_and_builds(console: Recorded) -> None:
    console.build()
    assert console.calls == ["ci --ignore-scripts", "run build"]


def test_unchanged_sources_are_not_built_again(console: Recorded) -> None:
    console.build()
    console.build()
    assert len(console.calls) == 2


def test_changed_source_is_built_without_installing(console: Recorded) -> None:
    console.build()
    (console.folder / "src" / "main.ts").write_text("second")
    console.build()
    assert console.calls[2:] == ["run build"]


def test_changed_lock_is_installed_too(console: Recorded) -> None:
    console.build()
    (console.folder / "package-lock.json").write_text('{"lockfileVersion": 3}')
    console.build()
    assert console.calls[2:] == ["ci --ignore-scripts", "run build"]


def test_lost_page_is_built_again(console: Recorded) -> None:
    console.build()
    (console.folder / "dist" / "index.html").unlink()
    console.build()
    assert console.calls[2:] == ["run build"]


def test_files_that_the_build_makes_are_no_sources(console: Recorded) -> None:
    console.build()
    (console.folder / "components.d.ts").write_text("made")
    (console.folder / "src" / "schema.d.ts").write_text("made")
    console.build()
    assert len(console.calls) == 2


def test_missing_console_is_said_and_skipped(tmp_path: Path) -> None:
    console = Recorded(State(tmp_path / "state"), tmp_path / "console")
    console.build()
    assert console.calls == []
    assert console.said == ["there is no console here: only the API will answer"]


def test_failed_build_shows_npms_words_and_the_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "console"
    folder.mkdir()
    (folder / "package.json").write_text('{"scripts": {"build": "echo no such component && exit 1"}}')
    state = State(tmp_path / "state")
    state.make()
    with pytest.raises(LocalError, match=r"no such component(.|\n)*--no-console-build"):
        ConsoleBuild(state, print, folder).npm("run", "build")
