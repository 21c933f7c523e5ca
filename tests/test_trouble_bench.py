"""What the measurement of the home page in trouble makes of its views; the figures themselves are no test's matter."""

from __future__ import annotations

from bench import trouble
from bench.trouble import View


def views(*ms: float, others_missing: bool = False) -> dict[str, float]:
    return trouble._figures([View(each, others_missing) for each in ms])


def test_one_view_that_takes_too_long_is_beyond() -> None:
    in_time, late = views(20, 799.9), views(*[20] * 999, 801)
    result = {
        "well": views(10, 30, 20),
        "trouble": {
            "sales": {"dead": {**in_time, "whole_after_s": 1.04}, "dripping": {**late, "whole_after_s": 2}},
        },
    }
    assert trouble.beyond(result) == ["sales dripping"]
    report = trouble.report(result)
    assert "| all is well | 3 | 20 | 30 | 30 | 0 | |" in report
    assert "| sales dead | 2 | 800 | 800 | 800 | 0 | 1.0 |" in report
    assert "| sales dripping | 1000 | 20 | 20 | 801 | 0 | 2.0 |" in report
    assert "BEYOND 800 ms: sales dripping" in report


def test_views_that_miss_what_the_trouble_does_not_excuse_are_counted() -> None:
    assert views(1, 2, 3, others_missing=True)["others_missing"] == 3
