"""Cursors: what this list handed out comes back, anything else is refused before the database sees it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from gamedesk_chassis.pagination import decode_cursor, encode_cursor, page
from gamedesk_chassis.problems import InvalidRequest


def test_a_cursor_comes_back_as_it_was() -> None:
    key = [7, "KF001", UUID(int=1), datetime(2026, 11, 22, tzinfo=UTC)]

    assert decode_cursor(encode_cursor(key), [int, str, UUID, datetime.fromisoformat]) == tuple(key)
    assert decode_cursor(None, [int]) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"{}",
        b"[]",
        b"[1, 2]",
        b"[1e400]",
        b"[1e300]",
        b"[9223372036854775808]",
        b"[null]",
        b"[[1]]",
        b'["9999999999999999999999999"]',
        b'["seven"]',
    ],
)
def test_what_no_list_handed_out_is_refused(raw: bytes) -> None:
    cursor = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    with pytest.raises(InvalidRequest):
        decode_cursor(cursor, [int])


def test_text_that_the_database_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        decode_cursor(encode_cursor(["a\0b"]), [str])


def test_a_page_ends_with_a_cursor_only_if_more_follows() -> None:
    assert page([1, 2, 3], 3, lambda row: [row]) == ([1, 2, 3], None)
    shown, cursor = page([1, 2, 3], 2, lambda row: [row])
    assert (shown, decode_cursor(cursor, [int])) == ([1, 2], (2,))
