"""The closing line of the test command, and its exit code, from those of its parts."""

from __future__ import annotations

import pytest
from gamedesk_local import testing


@pytest.mark.parametrize(
    ("codes", "together"), [([0, 0], 0), ([0, 5], 0), ([5, 0], 0), ([5, 5], 5), ([1, 0], 1), ([0, 1], 1), ([5, 1], 1)]
)
def test_a_failure_in_any_part_is_one_of_all__and_an_empty_part_is_none(codes: list[int], together: int) -> None:
    assert testing._together(codes) == together
