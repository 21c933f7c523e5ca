"""`python -m tests.faults.harness.run`: trials from the command line, each from a seed that is printed."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.harness import plan, table, usage
from tests.faults.harness.cluster import Cluster
from tests.faults.harness.faults import KINDS
from tests.faults.harness.trial import Report, run_trial

# After these, NATS does not have what it had acknowledged.
FORGETFUL = {"nats-wiped", "nats-rolled-back"}
LOAD_MINUTES = 5.0  # of one trial
AFTER_THE_LAST = 5.0  # seconds of load, with a plan that was given
WARM_UP = 1 / 12  # of the time under load: five minutes of an hour


def main(arguments: Sequence[str] | None = None) -> int:
    """Run trials until the minutes are over; the exit code is 1 when one of them found something."""
    chosen = _options(arguments)
    if chosen.list_kinds:
        print("\n".join(f"{kind.name:<36} {kind.does}" for kind in sorted(KINDS.values(), key=lambda kind: kind.name)))
        return 0
    kinds = [] if chosen.none else chosen.kinds or sorted(KINDS)
    reports: list[Report] = []
    ends = time.monotonic() + chosen.minutes * 60
    only_once = chosen.none or chosen.plan is not None
    while not reports or (time.monotonic() < ends and not only_once):
        seed = chosen.seed + len(reports)
        load = 60 * (chosen.minutes if chosen.none else min(LOAD_MINUTES, chosen.minutes))
        if chosen.plan is not None:
            load = max((step.at + step.seconds for step in chosen.plan), default=0.0) + AFTER_THE_LAST
        folder = Path(tempfile.mkdtemp(prefix="gamedesk-faults-"))
        folder.chmod(0o755)  # PostgreSQL's account has to pass
        reports.append(one(folder, seed, load, kinds, steps=chosen.plan, measured=chosen.none))
        print(reports[-1].text(), flush=True)
        if reports[-1].findings:
            print(f"ledger, logs and databases: {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    text = f"{table.summary(reports)}\n{table.faults(reports)}"
    print(f"\n{text}")
    if chosen.table:
        Path(chosen.table).write_text(text, encoding="utf-8")
    bad = [str(report.seed) for report in reports if report.findings]
    print(f"findings at seed {', '.join(bad)}" if bad else f"{table.trials(len(reports))}, nothing found", flush=True)
    return 1 if bad else 0


def one(
    folder: Path,
    seed: int,
    seconds: float,
    kinds: Sequence[str],
    *,
    steps: Sequence[plan.Step] | None = None,
    measured: bool = False,
) -> Report:
    """One trial on a new cluster in `folder`; the plan is printed before it begins.

    Args:
        kinds: of faults; none: only load.
        steps: the plan; without it one is made from the seed.
        measured: watch memory and open files, and report it when they grow by more than is allowed.
    """
    if steps is None:
        steps = plan.make(seed, seconds, kinds) if kinds else []
    print(f"seed {seed}, {seconds:.0f} s of load, {len(steps)} faults:\n{plan.to_text(steps)}", flush=True)
    forgetful = any(step.kind in FORGETFUL for step in steps)
    with Cluster(folder / "cluster") as cluster:
        harm = carry_out(steps, seconds)
        if not measured:
            return run_trial(cluster, seed, harm, folder / "ledger.jsonl", streams_lost=forgetful, say=_say)
        with usage.Sampler(cluster.usage) as sampler:
            report = run_trial(cluster, seed, harm, folder / "ledger.jsonl", say=_say)
    grown = usage.growth([each for each in sampler.samples if each[0] <= harm.ended], seconds * WARM_UP)
    print(usage.table(grown), flush=True)
    if found := usage.too_much(grown):
        report.findings["growth"] = found
    return report


class carry_out:  # noqa: N801 - reads as a verb
    """The harm that a plan does in so many seconds. `ended`: when it was over, by the monotonic clock."""

    def __init__(self, steps: Sequence[plan.Step], seconds: float) -> None:
        self._steps, self._seconds = steps, seconds
        self.ended = 0.0

    def __call__(self, cluster: Cluster) -> plan.Campaign:
        campaign = plan.Campaign(cluster, self._steps, _say)
        campaign.start()
        threading.Event().wait(self._seconds)
        self.ended = time.monotonic()
        campaign.finish(early=True)
        return campaign


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.harness.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the first trial; they count up")
    parser.add_argument(
        "--minutes",
        type=float,
        default=30.0,
        help="with faults: new trials of five minutes at most begin for so long, and each takes some two minutes more; "
        "with --none: how long the load lasts; with --plan: does not count",
    )
    parser.add_argument("--kinds", type=_kinds, default=[], help="of faults, with commas between; by default all")
    parser.add_argument("--list-kinds", action="store_true", help="print every kind of fault, and end")
    parser.add_argument(
        "--plan",
        type=_plan,
        help="a file with lines of a printed plan: one trial with these faults, as long as they ask",
    )
    parser.add_argument("--none", action="store_true", help="no faults: one trial, whose memory and files are watched")
    parser.add_argument("--table", help="a file to write the tables to")
    return parser.parse_args(arguments)


def _kinds(text: str) -> list[str]:
    kinds = [kind for kind in text.split(",") if kind]
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise argparse.ArgumentTypeError(f"there is no kind {', '.join(unknown)}; --list-kinds prints them all")
    return kinds


def _plan(file: str) -> list[plan.Step]:
    try:
        return plan.from_text(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"{file} is no plan: {type(error).__name__} {error}") from error


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
