"""A file that is read again when it changes, and whose last good content holds while it is broken."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import jwt
import pytest
from gamedesk_chassis import watched_file
from gamedesk_chassis.watched_file import WatchedFile

MOMENTS = itertools.count(1_000_000)


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_file, "_CHECK_SECONDS", -1.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "numbers"
    write(file, "1 2")
    return file


def write(file: Path, text: str) -> None:
    """At a moment that no write before had."""
    file.write_text(text)
    os.utime(file, ns=(moment := next(MOMENTS), moment))


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split()]


def test_a_change_is_seen_and_otherwise_the_same_is_given(file: Path) -> None:
    watched = WatchedFile(file, "file of numbers", numbers)
    first = watched.current()
    assert first == [1, 2]
    assert watched.current() is first

    write(file, "3")

    assert watched.current() == [3]


def test_it_is_looked_at_once_a_second(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = WatchedFile(file, "file of numbers", numbers)
    monkeypatch.setattr(watched_file, "_CHECK_SECONDS", 3600.0)
    write(file, "3")

    assert watched.current() == [1, 2]


def test_a_file_that_is_broken_or_gone_changes_nothing_and_the_log_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(watched_file.log, "error", lambda event, **more: said.append((event, more)))
    watched = WatchedFile(file, "file of numbers", numbers)

    write(file, "secret")
    assert watched.current() == [1, 2]
    file.unlink()
    assert watched.current() == [1, 2]
    write(file, "4")
    assert watched.current() == [4]

    assert said == [
        ("file_not_read", {"file": str(file), "error": error}) for error in ("ValueError", "FileNotFoundError")
    ]


def test_without_a_file_there_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"The file of numbers .*gone cannot be read: .*No such file"):
        WatchedFile(tmp_path / "gone", "file of numbers", numbers)


def test_the_last_words_do_not_repeat_a_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("private-part")
    with pytest.raises(SystemExit) as ended:
        WatchedFile(file, "key file", lambda text: jwt.PyJWK({"d": text}))

    assert "private-part" not in str(ended.value)
    assert str(ended.value).endswith("cannot be read: InvalidKeyError")
