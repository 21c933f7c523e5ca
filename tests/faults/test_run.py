"""The command of the long run: seeds that count up, an exit code that is true, evidence that stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness import run
from tests.faults.harness.faults import KINDS
from tests.faults.harness.plan import Step
from tests.faults.harness.trial import Report

FINDINGS = {"lost": ["acknowledged and not there: create_ticket x"]}


class Trials:
    """Takes the place of trials: what they were asked to be, and what they come to."""

    def __init__(self, findings: list[dict[str, list[str]]]) -> None:
        self._findings = findings
        self.asked: list[tuple[Path, int, float, list[str], bool]] = []

    def one(
        self, folder: Path, seed: int, seconds: float, kinds: list[str], *, steps: list[Step] | None, measured: bool
    ) -> Report:
        self.steps = steps
        self.asked.append((folder, seed, seconds, kinds, measured))
        return Report(seed, seconds, findings=self._findings[len(self.asked) - 1])


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr(run.tempfile, "tempdir", str(tmp_path))

    def make(*findings: dict[str, list[str]], seconds_each: float = 70.0) -> Trials:
        trials = Trials(list(findings))
        monkeypatch.setattr(run, "one", trials.one)
        monkeypatch.setattr(run.time, "monotonic", lambda: len(trials.asked) * seconds_each)
        return trials

    return make


def test_trials_go_on_for_the_minutes_with_seeds_that_count_up(trials: Any, tmp_path: Path) -> None:
    asked = trials({}, {}, {}).asked

    assert run.main(["--seed", "6", "--minutes", "3", "--table", str(tmp_path / "table.md")]) == 0

    assert [(seed, seconds) for _, seed, seconds, _, _ in asked] == [(6, 180), (7, 180), (8, 180)]
    assert "| **all** |" in (tmp_path / "table.md").read_text(encoding="utf-8")
    assert not any(folder.exists() for folder, *_ in asked)


def test_a_finding_in_any_trial_fails_the_run_and_leaves_what_it_was_found_in(
    trials: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = trials({}, FINDINGS, {}).asked

    assert run.main(["--seed", "6", "--minutes", "3"]) == 1

    said = capsys.readouterr().out
    assert "findings at seed 7" in said
    assert "lost: acknowledged and not there: create_ticket x" in said
    assert [folder.exists() for folder, *_ in asked] == [False, True, False]


def test_load_alone_is_one_trial_that_is_measured(trials: Any) -> None:
    asked = trials({}).asked

    assert run.main(["--none", "--minutes", "60"]) == 0

    [(_, _, seconds, kinds, measured)] = asked
    assert (seconds, kinds, measured) == (3600, [], True)


def test_a_plan_that_was_printed_is_carried_out_once(trials: Any, tmp_path: Path) -> None:
    made, file = trials({}), tmp_path / "plan"
    file.write_text("    1.5 s  kill-nats  nats  for 3.0 s\n")

    assert run.main(["--plan", str(file), "--seed", "6", "--minutes", "30"]) == 0

    assert made.steps == [Step(1.5, "kill-nats", "nats", 3.0)]
    [(_, seed, seconds, _, _)] = made.asked
    assert (seed, seconds) == (6, 4.5 + run.AFTER_THE_LAST)


@pytest.mark.parametrize("text", ["nonsense", "1.0 s  kill-nats  tickets-web-1  for 2.0 s", "1.0 s  x  y  for 2.0 s"])
def test_what_is_no_plan_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan").write_text(text)
    with pytest.raises(SystemExit):
        run.main(["--plan", str(tmp_path / "plan")])
    assert "is no plan" in capsys.readouterr().err


def test_kinds_are_listed_and_one_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--list-kinds"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == sorted(KINDS)

    with pytest.raises(SystemExit):
        run.main(["--kinds", "kill-nats,kill-everybody"])
    assert "there is no kind kill-everybody; --list-kinds prints them all" in capsys.readouterr().err


def test_one_trial_is_counted_as_one(trials: Any, capsys: pytest.CaptureFixture[str]) -> None:
    trials({}, seconds_each=600.0)
    assert run.main(["--seed", "6", "--minutes", "1"]) == 0
    assert capsys.readouterr().out.endswith("\n1 trial, nothing found\n")
