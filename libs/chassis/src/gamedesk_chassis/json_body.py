"""Strict JSON: what the standard library and Flask accept in silence is refused here with a sentence.

Refused: invalid UTF-8, NaN and Infinity, numbers beyond a double or 64 bits, whole numbers written as floats,
duplicate keys, NUL characters, lone surrogates, nesting beyond 64 levels.
"""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from gamedesk_chassis.problems import InvalidRequest

_MAX_DEPTH = 64


def _malformed(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, slug="malformed-json", title="The body is not acceptable JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _malformed("An object names the same key twice.")
    return result


def _finite(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise _malformed("A number is too large.")
    if value.is_integer():  # JSON Schema would take 1.0 for an integer, and arithmetic would go on in floats
        raise _malformed("Write whole numbers without fraction and exponent.")
    return value


def _integer(literal: str) -> int:
    if len(literal) > 20:
        raise _malformed("A number is too large.")
    return int(literal)


def _constant(_literal: str) -> float:
    raise _malformed("NaN and Infinity are not JSON.")


def _holds_nul(value: Any) -> bool:
    """Whether a key or text holds NUL itself; the six characters of its escape are a text like any other."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))


def _too_deep(raw: bytes) -> bool:
    """Whether brackets outside of strings nest beyond the limit; one pass, no recursion."""
    if raw.count(b"[") + raw.count(b"{") <= _MAX_DEPTH:
        return False
    depth, in_string, escaped = 0, False, False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return False


def loads(raw: bytes) -> Any:
    """Parse `raw` or raise InvalidRequest (400, malformed-json)."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    if _too_deep(raw):
        raise _malformed(f"The body is nested deeper than {_MAX_DEPTH} levels.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_int=_integer,
            parse_constant=_constant,
        )
        encoded = orjson.dumps(value)  # refuses lone surrogates and integers beyond 64 bits
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} at line {error.lineno}, column {error.colno}.") from None
    except orjson.JSONEncodeError:
        raise _malformed("A number is too large, or a text holds half a character.") from None
    if b"\\u0000" in encoded and _holds_nul(value):
        raise _malformed("A text holds a NUL character.")
    return value
