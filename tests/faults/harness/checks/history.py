"""What outboxes, streams and inboxes have to say about each other: I1 to I4, I9."""

from __future__ import annotations

from collections.abc import Sequence

from tests.faults.harness.checks.evidence import OWNED, SAID_ONCE, Evidence, named

# Of clusters that are younger than what is purged: every version has its row.
_VERSIONS = """
    WITH state AS ({state}),
         said AS (SELECT aggregate_id, version, count(*) AS times FROM outbox
                  WHERE NOT republication AND type <> ALL(%s) GROUP BY aggregate_id, version)
"""
_UNSAID = """
    SELECT id || ' v' || v FROM state CROSS JOIN generate_series(1, version) v
    WHERE NOT EXISTS (SELECT FROM said WHERE said.aggregate_id = id AND said.version = v) ORDER BY 1
"""
_SAID_TWICE = "SELECT aggregate_id || ' v' || version FROM said WHERE times > 1 ORDER BY 1"
_NEVER_SO = """
    SELECT aggregate_id || ' v' || said.version FROM said LEFT JOIN state ON id = aggregate_id
    WHERE state.version IS NULL OR said.version > state.version ORDER BY 1
"""


def each_version_said_once__i1(evidence: Evidence) -> list[str]:
    """A state at version v is in the outbox exactly once."""
    findings = []
    for service in OWNED:
        missing = _ids(evidence, service, _UNSAID)
        findings += named(f"{service}: changed without an event", missing)
        findings += named(f"{service}: more than one event of a version", _ids(evidence, service, _SAID_TWICE))
    return findings


def nothing_said_that_never_was__i2(evidence: Evidence) -> list[str]:
    """No event of a change that was rolled back: neither in an outbox, nor in a stream."""
    findings = []
    for service in OWNED:
        findings += named(f"{service}: an event of what never was", _ids(evidence, service, _NEVER_SO))
    if evidence.published is not None:
        known = {row[0] for service in OWNED for row in evidence.rows(service, "SELECT event_id::text FROM outbox")}
        planted = {str(id) for ids in evidence.poison.values() for id in ids}
        strangers = [f"{p.event_id} {p.subject}" for p in evidence.published if p.event_id not in known | planted]
        findings += named("in a stream and in no outbox", strangers)
    return findings


def all_published__i3(evidence: Evidence) -> list[str]:
    """Nothing waits in an outbox, and what was published is in its stream, unless NATS lost it."""
    findings = []
    for service in OWNED:
        waiting = evidence.rows(service, "SELECT event_id FROM outbox WHERE published_at IS NULL ORDER BY id")
        findings += named(f"{service}: not published", [row[0] for row in waiting])
    if evidence.published is not None and not evidence.streams_lost:
        there = {p.event_id for p in evidence.published}
        for service in OWNED:
            said = evidence.rows(
                service, "SELECT event_id::text FROM outbox WHERE published_at IS NOT NULL ORDER BY id"
            )
            findings += named(f"{service}: said to be published, and not in the stream", _not_in(there, said))
    return findings


def each_event_handled_once__i4(evidence: Evidence) -> list[str]:
    """Every consumer has handled every event that is for it, or buried it.

    What NATS lost is said again under its own id. Only republications are not: they mend copies, which I6 is about.
    """
    findings = []
    for consumer, (service, types) in evidence.listens.items():
        handled = {
            row[0] for row in evidence.rows(service, "SELECT event_id::text FROM inbox WHERE consumer = %s", consumer)
        }
        owner = types[0].partition(".")[0]
        query = "SELECT event_id::text FROM outbox WHERE type = ANY(%s) AND NOT (republication AND %s) ORDER BY id"
        said = evidence.rows(owner, query, list(types), evidence.streams_lost)
        findings += named(f"{consumer}: never handled", _not_in(handled, said))
    return findings


def only_poison_is_buried__i9(evidence: Evidence) -> list[str]:
    """Dead letters are exactly what was planted to become one, and all wait: in a trial nobody replays one or gives it
    up, which the table would not tell apart."""
    findings = []
    for service in OWNED:
        rows = evidence.rows(service, "SELECT consumer, event_id::text, error FROM dead_letter ORDER BY id")
        done = evidence.rows(service, "SELECT event_id FROM dead_letter WHERE replayed_at IS NOT NULL ORDER BY id")
        findings += named(f"{service}: buried, and done with by nobody", [row[0] for row in done])
        planted = {(consumer, str(id)) for consumer, ids in evidence.poison.items() for id in ids}
        strange = [f"{consumer} {id} ({error})" for consumer, id, error in rows if (consumer, id) not in planted]
        findings += named(f"{service}: buried, and no poison", strange)
        if not evidence.streams_lost:
            buried = [(consumer, id) for consumer, id, _ in rows]
            of_it = {c for c, (listener, _) in evidence.listens.items() if listener == service}
            missing = [f"{c} {id}" for c, id in sorted(planted) if c in of_it and buried.count((c, id)) != 1]
            findings += named(f"{service}: poison that was not buried exactly once", missing)
    return findings


def _ids(evidence: Evidence, service: str, query: str) -> list[str]:
    state = " UNION ALL ".join(
        f"SELECT {id}::text AS id, {version} AS version FROM {table}" for table, id, version in OWNED[service]
    )
    return [row[0] for row in evidence.rows(service, _VERSIONS.format(state=state) + query, list(SAID_ONCE))]


def _not_in(known: set[str], rows: Sequence[tuple[str]]) -> list[str]:
    return [row[0] for row in rows if row[0] not in known]
