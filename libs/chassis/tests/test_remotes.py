"""games.yaml and its like: what an operator may write, and what he reads when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from gamedesk_chassis.remotes import SyncLimits, load_remotes

ENTRY = "{id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9/', api_key_file: key, push_secret_files: [key]%s}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("s0f1e2d3c4b5a697\n")
    (tmp_path / "key").chmod(0o600)
    return tmp_path / "games.yaml"


def write(file: Path, more: str = "") -> Path:
    file.write_text(f"games:\n  - {ENTRY % more}\n", encoding="utf-8")
    return file


def test_limits_have_defaults_and_can_be_set(file: Path) -> None:
    assert load_remotes(write(file), "games")["xiyou"].sync == SyncLimits(concurrency=4, per_second=10)

    limited = load_remotes(write(file, ", sync: {per_second: 0.5}"), "games")["xiyou"]

    assert limited.sync == SyncLimits(concurrency=4, per_second=0.5)
    assert (limited.api_url, limited.api_key) == ("http://127.0.0.1:9", "s0f1e2d3c4b5a697")


@pytest.mark.parametrize("sync", ["{concurrency: 0}", "{per_second: 0}", "{per_minute: 3}", "fast"])
def test_limits_that_make_no_sense_are_named(file: Path, sync: str) -> None:
    with pytest.raises(SystemExit, match="sync"):
        load_remotes(write(file, f", sync: {sync}"), "games")


@pytest.mark.parametrize("key", ["", "changeme", "<api key>", "your-api-key-here", "x1y2"])
def test_key_that_is_a_placeholder_is_refused_and_not_repeated(file: Path, key: str) -> None:
    (file.parent / "key").write_text(key)
    with pytest.raises(SystemExit, match=r"The secret in \S+/key is ") as refused:
        load_remotes(write(file), "games")
    assert not key or key not in str(refused.value).removeprefix(f"The secret in {file.parent}/key")


@pytest.mark.parametrize(("mode", "refused"), [(0o644, True), (0o620, True), (0o440, False), (0o400, False)])
def test_key_that_others_may_read_is_refused(file: Path, mode: int, refused: bool) -> None:
    (file.parent / "key").chmod(mode)
    if not refused:
        assert load_remotes(write(file), "games")["xiyou"].api_key == "s0f1e2d3c4b5a697"
        return
    with pytest.raises(SystemExit, match=r"/key may be read by others; chmod 600 it$"):
        load_remotes(write(file), "games")
