"""What trials are summed up to: figures of all, and memory and open files over time."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.harness import table, usage
from tests.faults.harness.trial import Report
from tests.faults.small_world import write

MB = 1024 * 1024


def test_figures_of_all_trials_are_summed_and_findings_are_not_hidden() -> None:
    first = Report(6, 60, Counter({"kill-nats": 2}), 100, 3, [write("create_ticket", "a", "ok")], 1.0, 2.0)
    second = Report(7, 60, Counter({"kill-nats": 1, "nats-wiped": 1}), 50, findings={"lost": ["x"], "I6": ["y", "z"]})

    text = table.summary([first, second])

    row = [cell.strip() for cell in text.splitlines()[-1].strip("|").split("|")]
    assert row[:10] == ["**all**", "2 min", "4 (2)", "150", "3", "1", "0", "1", "0", "2"]
    assert "| kill-nats | 3 |" in table.faults([first, second])
    assert "lost: x" in second.text()
    assert "every check holds" in first.text()


def samples(resident: dict[float, int], files: int = 10) -> list[tuple[float, usage.Usage]]:
    """At each moment, the resident megabytes of one program of ours, beside a PostgreSQL that doubles."""
    return [
        (at, {"sales-web-1": (mb * MB, files), "sales-postgres": (int(at + 1) * MB, 100)})
        for at, mb in resident.items()
    ]


def test_growth_is_from_after_warming_up_to_the_end__and_of_our_programs() -> None:
    rows = usage.growth(samples({0: 50, 300: 100, 350: 102, 3500: 109, 3600: 103}), warm_up=300)

    assert rows[-1].name == "**our programs**"
    assert rows[-1].resident == (101 * MB, 103 * MB)
    assert rows[-1].of_files == 0
    assert "| sales-web-1 | 101 MB | 103 MB | +2.0% | 10 | 10 |" in usage.table(rows)


def test_a_run_that_is_over_before_it_is_warm_is_not_compared() -> None:
    with pytest.raises(ValueError, match="less than warming up"):
        usage.growth(samples({0: 50, 10: 60}), warm_up=300)
