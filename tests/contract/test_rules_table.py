"""The tables of rules are true: each rule names tests that exist, or says why it has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "docs" / "rules"
PAGES = ["players.md", "tickets.md", "catalog.md", "sales.md"]
TEST = re.compile(r"\[(test_\w+)\]\(([\w./-]+\.py)\)")
REASON = re.compile(r"no test: \S.{20,}")


def rows(page: str) -> list[list[str]]:
    lines = (RULES / page).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row != ["rule", "there", "kept in", "shown by"]]


@pytest.mark.parametrize("page", PAGES)
def test_every_rule_says_where_it_is_kept_and_what_shows_it(page: str) -> None:
    assert rows(page)
    for row in rows(page):
        assert len(row) == 4, row
        rule, there, kept_in, shown_by = row
        assert "](" in kept_in, rule
        if there == "yes":
            assert TEST.match(shown_by) or REASON.fullmatch(shown_by), rule
        else:
            assert there in ("partly", "no"), rule
            assert REASON.fullmatch(shown_by), f"{rule}: say what is missing"


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_rule_names_exists(page: str) -> None:
    named = {(name, path) for *_, shown_by in rows(page) for name, path in TEST.findall(shown_by)}
    texts = {path: (RULES / path).read_text(encoding="utf-8") for _, path in named}
    missing = [(path, name) for name, path in named if f"def {name}(" not in texts[path]]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_no_rule_stands_twice(page: str) -> None:
    texts = [row[0] for row in rows(page) if not row[0].startswith("…")]
    assert len(texts) == len(set(texts))
