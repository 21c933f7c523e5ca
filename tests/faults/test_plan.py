"""A plan of faults comes from its seed alone, and what is printed can be replayed."""

from __future__ import annotations

import pytest

from tests.faults.harness import plan
from tests.faults.harness.faults import KINDS, SERVICES


def test_a_seed_always_gives_the_same_plan() -> None:
    assert plan.make(6, 600) == plan.make(6, 600)
    assert plan.make(6, 600) != plan.make(7, 600)


def test_what_is_printed_can_be_replayed() -> None:
    steps = plan.make(6, 1800)
    assert plan.from_text(plan.to_text(steps)) == steps
    assert plan.from_text(f"seed 6, 1800 s of load, {len(steps)} faults:\n{plan.to_text(steps)}") == steps


def test_a_long_plan_holds_every_kind_of_fault() -> None:
    assert {step.kind for step in plan.make(1, 1800)} == set(KINDS)


def test_each_postgres_and_each_migration_has_kinds_of_its_own() -> None:
    for service in SERVICES:
        for kind in (f"kill-{service}-postgres", f"{service}-postgres-restarted", f"kill-{service}-migrate"):
            assert {target.split("-")[0] for target in KINDS[kind].targets} == {service}


def test_every_step_ends_within_the_plan_and_harms_a_target_of_its_kind() -> None:
    for step in plan.make(3, 300):
        assert step.at + step.seconds <= 300
        assert step.target in KINDS[step.kind].targets


def test_two_faults_never_harm_the_same_part_at_once() -> None:
    steps = plan.make(9, 1800)
    for number, step in enumerate(steps):
        for other in steps[:number]:
            if KINDS[other.kind].part == KINDS[step.kind].part:
                assert other.at + other.seconds < step.at, (other, step)


def test_a_chosen_few_kinds_can_be_planned() -> None:
    assert {step.kind for step in plan.make(2, 120, ["kill-nats", "nats-full"])} == {"kill-nats", "nats-full"}


def test_a_line_that_names_no_target_is_refused() -> None:
    with pytest.raises(KeyError):
        plan.from_text("1.0 s  kill-nats  tickets-web-1  for 2.0 s")
