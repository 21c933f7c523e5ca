"""The table of controls is true: each row says how it is built and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "security" / "README.md"
TEST = re.compile(r"\[(test_\w+)\]\(([\w./-]+\.py)\)")
HEADER = ["control", "how it is built", "the test"]


def rows() -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").partition("## Controls")[2]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row != HEADER]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_every_control_says_how_it_is_built_and_which_test_shows_it(row: list[str]) -> None:
    assert len(row) == 3, row
    control, built, shown = row
    assert "](" in built, f"{control}: name the file that it is built in"
    tests = TEST.findall(shown)
    assert tests, f"{control}: name its test"
    for name, path in tests:
        assert f"def {name}(" in (PAGE.parent / path).read_text(encoding="utf-8"), (control, name)


def test_the_table_is_there() -> None:
    assert len(rows()) > 20
