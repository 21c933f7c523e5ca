"""Keyset pages: the cursor holds the sort key of the last entry, so that no page costs more than the first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from gamedesk_chassis.problems import InvalidRequest

T = TypeVar("T")


def encode_cursor(key: Sequence[Any]) -> str:
    """Opaque text of a sort key (strings, integers, times, UUIDs)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, kinds: Sequence[Callable[[Any], Any]]) -> tuple[Any, ...] | None:
    """The sort key in `cursor`, each part through its kind (`str`, `UUID`, `datetime.fromisoformat` …).

    None for no cursor; InvalidRequest for one that this list did not hand out.
    """
    if cursor is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds) or not all(map(_storable, parts)):
            raise ValueError
        key = tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
        if not all(_storable(part) for part in key if isinstance(part, int)):  # from text that spells a large number
            raise ValueError
        return key
    except (ValueError, TypeError, AttributeError, binascii.Error):
        fault = {"pointer": "/query/cursor", "rule": "cursor", "message": "is not a cursor of this list"}
        raise InvalidRequest("Start again without a cursor.", errors=[fault]) from None


def _storable(part: Any) -> bool:
    """Whether PostgreSQL can compare it: text without NUL, or an integer of 64 bits."""
    if isinstance(part, str):
        return "\0" not in part
    return type(part) is int and -(2**63) <= part < 2**63


def page(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]) -> tuple[list[T], str | None]:
    """Split `rows` (fetched with limit + 1) into one page and the cursor of the next one, or None at the end."""
    if len(rows) <= limit:
        return list(rows), None
    kept = list(rows[:limit])
    return kept, encode_cursor(key(kept[-1]))
