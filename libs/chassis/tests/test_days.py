from __future__ import annotations

from datetime import date

import pytest
from gamedesk_chassis.errors import InvalidInput
from gamedesk_chassis.web import bounded_day


@pytest.mark.parametrize("text", ["2000-01-01", "2024-02-29", "2999-12-31"])
def test_a_day_within_bounds_is_a_day(text: str) -> None:
    assert bounded_day(text, "/on").isoformat() == text


@pytest.mark.parametrize("text", ["1999-12-31", "3000-01-01", date.min.isoformat(), date.max.isoformat(), "2026-02-30"])
def test_any_other_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bounded_day(text, "/starts_on")

    assert refused.value.pointer == "/starts_on"
