"""What trials are summed up to: figures of all, and memory and open files over time."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.harness import table, usage
from tests.faults.harness.plan import Step
from tests.faults.harness.trial import Report
from tests.faults.small_world import write

MB = 1024 * 1024


def test_figures_of_all_trials_are_summed_and_findings_are_not_hidden() -> None:
    first = Report(6, 60, Counter({"kill-nats": 2}), 100, 3, [write("create_ticket", "a", "ok")], 2.0)
    second = Report(7, 60, Counter({"kill-nats": 1, "nats-full": 1}), 50, findings={"lost": ["x"], "I6": ["y", "z"]})
    first.bit, second.bit = Counter({"kill-nats": 2}), Counter({"kill-nats": 1})

    text = table.summary([first, second])

    row = [cell.strip() for cell in text.splitlines()[-1].strip("|").split("|")]
    assert row == ["**all**", "2 min", "4 (2)", "3", "150", "3", "1", "0", "0", "1", "0", "2", "2.0 s at most"]
    assert "lost: x" in second.text()
    assert first.text().endswith("\nevery check holds: lost 0, doubled 0")


def test_what_was_armed_what_bit_and_what_was_passed_over_are_counted_apart() -> None:
    step = Step(1.0, "clock-ahead", "sales-web-1", 2.0)
    report = Report(6, 60, Counter({"kill-nats": 2, "nats-full": 1}), bit=Counter({"kill-nats": 2}))
    report.passed_over = [(step, "no libfaketime")]

    rows = table.faults([report, Report(7, faults=Counter({"nats-full": 1}), bit=Counter({"nats-full": 1}))])

    assert "| kill-nats | 2 | 2 | 0 |" in rows
    assert "| nats-full | 2 | 1 | 0 |" in rows
    assert "| clock-ahead | 0 | 0 | 1 |" in rows
    assert "kill-nats 2/2, nats-full 0/1" in report.text()
    assert "passed over: clock-ahead: no libfaketime" in report.text()


def test_checks_that_were_not_applied_are_named() -> None:
    report = Report(6, 60, not_applied=["I3: of streams"])

    assert "not applied: I3: of streams" in report.text()
    assert "every check holds" not in report.text()
    assert "Not applied in 1 of 2 trials: I3: of streams." in table.summary([report, Report(7)])
    assert "Not applied in 1 of 1 trial: I3: of streams." in table.summary([report])


def test_a_short_trial_is_told_in_seconds() -> None:
    assert "| **all** | 10 s |" in table.summary([Report(6, 10)])


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


def test_a_program_that_grows_is_found_among_others_that_do_not() -> None:
    def used(leak: int, files: int) -> usage.Usage:
        others = {f"sales-web-{number}": (100 * MB, 30) for number in range(20)}
        return {**others, "sales-worker-1": (leak * MB, files), "sales-postgres": (leak * leak * MB, 30)}

    def found(last: usage.Usage) -> list[str]:
        return usage.too_much(usage.growth([(0.0, used(100, 30)), (3600.0, last)], warm_up=0))

    assert found(used(108, 35)) == []
    assert found(used(112, 30)) == ["sales-worker-1: +12.0% memory, +0.0% open files"]
    assert found(used(100, 40)) == ["sales-worker-1: +0.0% memory, +33.3% open files"]
    everybody = {name: (resident * 107 // 100, files) for name, (resident, files) in used(100, 30).items()}
    assert found(everybody) == ["**our programs**: +7.0% memory, +0.0% open files"]


def test_a_run_that_is_over_before_it_is_warm_is_not_compared() -> None:
    with pytest.raises(ValueError, match="less than warming up"):
        usage.growth(samples({0: 50, 10: 60}), warm_up=300)
