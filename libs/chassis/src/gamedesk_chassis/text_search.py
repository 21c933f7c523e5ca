"""Search keys: how texts are compared, and the one- and two-character grams that index names.

PostgreSQL's trigrams are too long for Chinese names, of which people type one or two characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def key(text: str) -> str:
    """Case, width and surrounding space do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def grams(texts: Iterable[str]) -> list[str]:
    """Every single character and every pair of neighbours in the keys of `texts`, sorted."""
    found: set[str] = set()
    for text in map(key, texts):
        found.update(text)
        found.update(text[i : i + 2] for i in range(len(text) - 1))
    return sorted(found - {" "})


def query_grams(text: str) -> list[str]:
    """The grams that any name containing `text` must have: its pairs, or the one character it is."""
    wanted = key(text)
    if len(wanted) < 2:
        return [wanted]
    return sorted({wanted[i : i + 2] for i in range(len(wanted) - 1)})
