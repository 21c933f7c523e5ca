"""What trials came to, as Markdown for docs/reliability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.faults.harness.trial import Report


def summary(reports: Sequence[Report]) -> str:
    """The figures of all trials together: one row for each, the last for their sum."""
    head = "| seed | load | faults (kinds) | requests | no answer | acknowledged | unknown, resolved | lost | doubled |"
    lines = [f"{head} other findings | all up after | settled after |", "|---|" + "--:|" * 11]
    lines += [_row(report) for report in reports]
    faults = sum((report.faults for report in reports), Counter[str]())
    together = [
        "**all**",
        f"{sum(r.seconds for r in reports) / 60:.0f} min",
        f"{faults.total()} ({len(faults)})",
        *(
            str(sum(getattr(r, name) for r in reports))
            for name in ("requests", "unanswered", "acknowledged", "resolved")
        ),
        *(str(sum(_found(r, name) for r in reports)) for name in ("lost", "doubled")),
        str(sum(_others(r) for r in reports)),
        f"{max((r.healed for r in reports), default=0):.1f} s at most",
        f"{max((r.settled for r in reports), default=0):.1f} s at most",
    ]
    return "\n".join([*lines, f"| {' | '.join(together)} |"]) + "\n"


def faults(reports: Sequence[Report]) -> str:
    """How often each kind of fault was there."""
    counts = sum((report.faults for report in reports), Counter[str]())
    rows = [f"| {kind} | {count} |" for kind, count in sorted(counts.items())]
    return "\n".join(["| fault | times |", "|---|--:|", *rows]) + "\n"


def _row(report: Report) -> str:
    cells = [
        str(report.seed),
        f"{report.seconds:.0f} s",
        f"{report.faults.total()} ({len(report.faults)})",
        *(str(getattr(report, name)) for name in ("requests", "unanswered", "acknowledged", "resolved")),
        *(str(_found(report, name)) for name in ("lost", "doubled")),
        str(_others(report)),
        f"{report.healed:.1f} s",
        f"{report.settled:.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def _found(report: Report, check: str) -> int:
    return len(report.findings.get(check, ()))


def _others(report: Report) -> int:
    return sum(len(found) for name, found in report.findings.items() if name not in ("lost", "doubled"))
