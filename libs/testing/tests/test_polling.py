from __future__ import annotations

import pytest
from gamedesk_testing import eventually


def test_eventually_returns_the_first_true_answer() -> None:
    answers = iter([0, None, 7, 8])
    assert eventually(lambda: next(answers), within=5, every=0) == 7


def test_eventually_repeats_a_failed_assertion() -> None:
    tries = iter(range(3))

    def third_try() -> bool:
        assert next(tries) == 2
        return True

    assert eventually(third_try, within=5, every=0)


def test_eventually_gives_up_with_the_last_failure() -> None:
    def never() -> bool:
        raise AssertionError("still empty")

    with pytest.raises(AssertionError, match="still empty"):
        eventually(never, within=0)
    with pytest.raises(AssertionError, match="last answer was 0"):
        eventually(lambda: 0, within=0)


def test_eventually_lets_other_errors_through() -> None:
    with pytest.raises(ZeroDivisionError):
        eventually(lambda: 1 / 0, within=5)
