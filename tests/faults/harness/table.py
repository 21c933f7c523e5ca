"""What trials came to, as Markdown for docs/reliability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.faults.harness.trial import Report

_COUNTED = ("requests", "unanswered", "acknowledged", "repeated", "resolved")


def summary(reports: Sequence[Report]) -> str:
    """The figures of all trials together: one row for each, the last for their sum."""
    names = [
        *("seed", "load", "faults (kinds)", "bit", "requests", "no answer", "acknowledged", "repeated"),
        *("unknown, resolved", "lost", "doubled", "other findings", "settled after the last fault"),
    ]
    lines = [f"| {' | '.join(names)} |", "|---|" + "--:|" * (len(names) - 1)]
    lines += [_row(report) for report in reports]
    faults = sum((report.faults for report in reports), Counter[str]())
    together = [
        "**all**",
        _lasted(sum(r.seconds for r in reports)),
        f"{faults.total()} ({len(faults)})",
        str(sum(r.bit.total() for r in reports)),
        *(str(sum(getattr(r, name) for r in reports)) for name in _COUNTED),
        *(str(sum(_found(r, name) for r in reports)) for name in ("lost", "doubled")),
        str(sum(_others(r) for r in reports)),
        f"{max((r.settled for r in reports), default=0):.1f} s at most",
    ]
    limits = Counter(what for report in reports for what in report.not_applied)
    notes = [f"\nNot applied in {times} of {trials(len(reports))}: {what}." for what, times in sorted(limits.items())]
    return "\n".join([*lines, f"| {' | '.join(together)} |", *notes]) + "\n"


def trials(count: int) -> str:
    """So many of them, in words."""
    return f"{count} trial" if count == 1 else f"{count} trials"


def faults(reports: Sequence[Report]) -> str:
    """How often each kind of fault was there, and how often it did something."""
    armed = sum((report.faults for report in reports), Counter[str]())
    bit = sum((report.bit for report in reports), Counter[str]())
    passed_over = Counter(step.kind for report in reports for step, _ in report.passed_over)
    rows = [
        f"| {kind} | {armed[kind]} | {bit[kind]} | {passed_over[kind]} |" for kind in sorted({*armed, *passed_over})
    ]
    return "\n".join(["| fault | armed | bit | passed over |", "|---|--:|--:|--:|", *rows]) + "\n"


def _lasted(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _row(report: Report) -> str:
    cells = [
        str(report.seed),
        f"{report.seconds:.0f} s",
        f"{report.faults.total()} ({len(report.faults)})",
        str(report.bit.total()),
        *(str(getattr(report, name)) for name in _COUNTED),
        *(str(_found(report, name)) for name in ("lost", "doubled")),
        str(_others(report)),
        f"{report.settled:.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def _found(report: Report, check: str) -> int:
    return len(report.findings.get(check, ()))


def _others(report: Report) -> int:
    return sum(len(found) for name, found in report.findings.items() if name not in ("lost", "doubled"))
