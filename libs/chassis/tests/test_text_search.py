"""Grams: whatever contains a text has all of its query's grams."""

from __future__ import annotations

import pytest
from gamedesk_chassis import text_search
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(alphabet="王明a B1_ǅé가ﾊ", max_size=12)


@given(TEXTS, TEXTS, TEXTS)
def test_a_name_has_all_grams_of_a_text_within_it(before: str, text: str, after: str) -> None:
    wanted = text_search.key(text)
    name = before + wanted + after

    assert wanted in text_search.key(name)
    assert set(text_search.infix_query(wanted)) <= set(text_search.infix_grams(name))


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("王", ["王"]),
        ("王明", ["王明"]),
        ("王a", ["王a"]),
        ("ab王", ["b王"]),
        ("Abc", ["abc"]),
        ("ａｂｃｄ", ["abc", "bcd"]),
        ("ab", []),
        ("1", []),
        (" ", []),
    ],
)
def test_one_chinese_character_or_three_latin_ones_are_enough(text: str, grams: list[str]) -> None:
    assert text_search.infix_query(text) == grams


def test_names_are_indexed_by_their_short_chinese_and_long_latin_grams() -> None:
    assert text_search.infix_grams("老王 Wang") == sorted(["老", "王", "老王", "王 ", " wa", "wan", "ang"])
