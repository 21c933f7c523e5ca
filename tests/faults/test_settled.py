"""A cluster is not at rest while a stream lacks what its owner has published."""

from __future__ import annotations

import pytest

from tests.faults.harness.jetstream import by_name, is_whole

MADE = "2026-11-23T17:00:42.393668Z"
REPORT = {
    "account_details": [
        {"name": "SYS"},
        {"stream_detail": [{"name": "SALES", "created": "2026-11-23T17:00:42.393668123Z", "state": {"last_seq": 9}}]},
    ]
}


@pytest.mark.parametrize(
    ("created", "last_seq", "whole"),
    [
        (MADE, 9, True),
        (MADE, 7, True),
        (MADE, 10, False),
        ("2026-11-23T16:00:00Z", 9, False),
        ("never", 9, False),
        ("filling 0", 9, False),
    ],
)
def test_a_stream_is_whole_that_is_the_one_its_owner_published_to__I3(created: str, last_seq: int, whole: bool) -> None:
    assert is_whole(by_name(REPORT)["SALES"], created, last_seq) is whole
    assert is_whole(by_name(REPORT).get("PLAYERS"), created, last_seq) is False
