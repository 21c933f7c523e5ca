"""A short trial under faults; `./gamedesk test --faults long` has the long ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.harness import run

pytestmark = [pytest.mark.product, pytest.mark.faults]

SEED = 6
SECONDS = 60.0
# Each has a way of its own to lose or double something, and all of them come within a minute. What makes NATS forget is
# left to test_recovery and to the long run: without it what is in the streams can be checked as well.
KINDS = (
    "kill-sales-web",
    "kill-tickets-worker",
    "kill-gateway",
    "kill-nats",
    "kill-sales-postgres",
    "nats-full",
    "events-repeated",
    "deliveries-shuffled",
    "crash-relay-before-mark",
    "crash-consumer-after-commit",
    "commit-unanswered",
    "postgres-backend-killed-at-commit",
    "link-services-reset",
    "link-clients-reset",
)


def test_nothing_is_lost_and_nothing_doubled__I1_to_I9(new_state_dir: Callable[[str], Path]) -> None:
    report = run.one(new_state_dir("faults"), SEED, SECONDS, KINDS)

    assert report.findings == {}, report.text()
    assert report.bit.total() >= len(KINDS) // 2, f"the trial was hardly harmed: {report.text()}"
    assert report.acknowledged > 50, "the trial was hardly under load"
