"""Ids are made in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import first_id, new_id


def test_an_id_lies_between_the_first_of_its_time_and_of_the_next() -> None:
    before = now() - timedelta(milliseconds=1)
    made = new_id()
    after = now() + timedelta(seconds=1)

    assert first_id(before) < made < first_id(after)
    assert first_id(datetime(1969, 1, 1, tzinfo=UTC)).int == 0
