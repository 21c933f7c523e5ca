"""ok ⇒ exactly one effect, fail ⇒ none, unknown ⇒ resolved by repeating the same key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

from tests.faults.harness.checks.evidence import Evidence, named
from tests.faults.harness.effects import OPERATIONS
from tests.faults.harness.ledger import Write


def lost(evidence: Evidence) -> list[str]:
    """Writes that a client was told of and that are not there."""
    gone = [w for w, ids in _with_effects(evidence) if w.outcome == "ok" and not ids]
    return _findings("acknowledged and not there", gone)


def doubled(evidence: Evidence) -> list[str]:
    """Writes with more than one effect, whatever their clients know."""
    return _findings("in effect more than once", [w for w, ids in _with_effects(evidence) if len(ids) > 1])


def refused(evidence: Evidence) -> list[str]:
    """Writes that a client was told had failed, and that are there."""
    there = [w for w, ids in _with_effects(evidence) if w.outcome == "fail" and ids]
    return _findings("refused and there all the same", there)


def unresolved(evidence: Evidence) -> list[str]:
    """Writes of which repeating the same key did not tell what became of them."""
    return _findings("unknown to the end", [w for w in evidence.writes if w.outcome in ("unknown", "invoked")])


def told_otherwise(evidence: Evidence) -> list[str]:
    """Writes whose client was told another id than that of their effect."""
    wrong = [w for w, ids in _with_effects(evidence) if w.outcome == "ok" and w.told and ids and w.told not in ids]
    return _findings("there under another id than the client was told", wrong)


def repeated(evidence: Evidence) -> list[str]:
    """Acknowledged writes that were answered otherwise when they were sent again with the same key."""
    other = [w for w in evidence.writes if any(said != (w.status, w.told) for said in w.again)]
    return _findings("acknowledged, and answered otherwise when it was repeated", other)


def keys(evidence: Evidence) -> list[str]:
    """Writes with a key that the idempotency table does not lead to what the client was told (I7)."""
    findings = []
    asked = [w for w in evidence.writes if OPERATIONS[w.operation].keyed and w.outcome in ("ok", "fail")]
    for service in {OPERATIONS[w.operation].service for w in asked}:
        rows = evidence.rows(service, "SELECT caller, operation, key, resource_id FROM idempotency_keys")
        known = {(caller, operation, key): resource for caller, operation, key, resource in rows}
        of_it = [w for w in asked if OPERATIONS[w.operation].service == service]
        kept = [(w, known.get((w.caller, w.operation, w.key))) for w in of_it]
        findings += _findings(
            "acknowledged without its key being kept", [w for w, r in kept if w.outcome == "ok" and not r]
        )
        findings += _findings("refused, and its key kept", [w for w, r in kept if w.outcome == "fail" and r])
        other = [w for w, r in kept if w.outcome == "ok" and w.told and r and r != w.told]
        findings += _findings("its key leads to something else", other)
    return findings


def _with_effects(evidence: Evidence) -> list[tuple[Write, Sequence[str]]]:
    found = _effects(evidence)
    return [(write, found[write.operation].get(write.marker, ())) for write in evidence.writes]


def _effects(evidence: Evidence) -> dict[str, Mapping[str, list[str]]]:
    """Operation → marker → the ids of the effects."""
    effects: dict[str, Mapping[str, list[str]]] = {}
    for operation, writes in groupby(sorted(evidence.writes, key=_operation), key=_operation):
        what = OPERATIONS[operation]
        found: dict[str, list[str]] = defaultdict(list)
        for marker, id in evidence.rows(what.service, what.effects, [write.marker for write in writes]):
            found[marker].append(id)
        effects[operation] = found
    return effects


def _operation(write: Write) -> str:
    return write.operation


def _findings(what: str, writes: Sequence[Write]) -> list[str]:
    return named(what, [f"{w.operation} {w.key}" + (f" ({w.slug})" if w.slug else "") for w in writes])
