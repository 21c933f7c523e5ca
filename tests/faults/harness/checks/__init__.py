"""What has to hold after everything was healed. Each check gives its findings as sentences, none when it holds."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.harness.checks import copies, history, money, writes
from tests.faults.harness.checks.evidence import Evidence

Check = Callable[[Evidence], list[str]]

CHECKS: dict[str, Check] = {
    "lost": writes.lost,
    "doubled": writes.doubled,
    "refused": writes.refused,
    "unresolved": writes.unresolved,
    "told otherwise": writes.told_otherwise,
    "repeated": writes.repeated,
    "keys": writes.keys,
    "I1": history.each_version_said_once__i1,
    "I2": history.nothing_said_that_never_was__i2,
    "I3": history.all_published__i3,
    "I4": history.each_event_handled_once__i4,
    "I5": copies.versions_never_fall__i5,
    "I6": copies.equal_their_owner__i6,
    "I7": money.one_order_per_key__i7,
    "I8": money.orders_add_up__i8,
    "I9": history.only_poison_is_buried__i9,
    "totals": money.totals_are_the_sum_of_their_parts,
    "deliveries": money.delivered_once,
}


def check(evidence: Evidence) -> dict[str, list[str]]:
    """Every check that found something, with what it found."""
    found = {name: look(evidence) for name, look in CHECKS.items()}
    return {name: findings for name, findings in found.items() if findings}


def not_applied(evidence: Evidence) -> list[str]:
    """What the checks left out, and why; nothing when all of them looked at everything."""
    if not evidence.streams_lost:
        return []
    return [
        "I3: whether the streams hold what was published (NATS was made to lose it)",
        "I4: of republications (NATS was made to lose them)",
        "I9: whether all poison was buried (NATS was made to lose it, and nobody says it again)",
    ]
