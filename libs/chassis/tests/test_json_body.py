from __future__ import annotations

import pytest
from gamedesk_chassis import json_body
from gamedesk_chassis.problems import InvalidRequest


def test_plain_json_is_read() -> None:
    assert json_body.loads('{"名": [1, -2, 0.5, null, true, "x"]}'.encode()) == {"名": [1, -2, 0.5, None, True, "x"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b'{"a": 1,}', b'"\xff"', b"NaN", b"Infinity", b"1e999", b"1" * 5000, b"18446744073709551616",
        b"1.0", b"1e3", b"-0.0", b'{"a": 1, "a": 2}', b'"\\u0000"', b'[{"a\\u0000": 1}]',
        b'"\\ud800"', b"[" * 65 + b"]" * 65,
    ],
)  # fmt: skip
def test_what_others_accept_in_silence_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        json_body.loads(raw)

    assert (refused.value.status, refused.value.slug) == (400, "malformed-json")


def test_the_escape_of_nul_spelt_out_is_a_text() -> None:
    assert json_body.loads(rb'{"regex": ["\\u0000"]}') == {"regex": [r"\u0000"]}


def test_brackets_within_texts_are_no_nesting() -> None:
    assert json_body.loads(b'"' + b"[" * 100 + b'"') == "[" * 100
