"""Search keys: how texts are compared, and the grams that index names.

PostgreSQL's trigrams are too long for Chinese names, of which people type one or two characters. `grams` are short for
every script, which suits catalogues of some thousand names; `infix_grams` hold for millions, where one or two Latin
letters name too many.
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


# Beyond it begin the scripts of which one character says as much as a syllable or a word.
_LAST_LATIN = "\u024f"


def infix_grams(text: str) -> list[str]:
    """The grams of the key of `text`, sorted: characters and pairs that are not all Latin, and Latin triples."""
    wanted = key(text)
    singles = {char for char in wanted if char > _LAST_LATIN}
    return sorted(singles | _long_grams(wanted))


def infix_query(text: str) -> list[str]:
    """The `infix_grams` that any name containing `text` must have; none if `text` is too short to search within names:
    Latin of less than three characters."""
    wanted = key(text)
    if len(wanted) == 1 and wanted > _LAST_LATIN:
        return [wanted]
    return sorted(_long_grams(wanted))


def _long_grams(wanted: str) -> set[str]:
    pairs = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
    triples = {wanted[i : i + 3] for i in range(len(wanted) - 2)}
    return {pair for pair in pairs if max(pair) > _LAST_LATIN} | {t for t in triples if max(t) <= _LAST_LATIN}
