from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from gamedesk_chassis.events import Event, PoisonEvent
from gamedesk_chassis.tracing import (
    current_traceparent,
    is_traceparent,
    new_traceparent,
    set_traceparent,
    trace_id,
    traced,
)
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.text(min_size=1, max_size=20).filter(lambda s: s.encode("utf-8", "ignore").decode() == s)
EVENTS = st.builds(
    Event,
    id=st.uuids(),
    source=WORDS,
    type=WORDS,
    subject=WORDS,
    time=st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),
    aggregateversion=st.integers(0, 2**31 - 1),
    versionbase=st.integers(0, 2**31 - 1),
    data=st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS, max_size=4),
    traceparent=st.none() | st.builds(new_traceparent),
    republication=st.booleans(),
    actor=st.none() | WORDS,
)


@given(EVENTS)
def test_event_survives_the_wire(event: Event) -> None:
    assert Event.from_bytes(event.to_bytes()) == event


def envelope(**changes: Any) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "id": "019aab4e-0000-7000-8000-000000000001",
        "source": "/s",
        "type": "s.thing.changed.v1",
        "subject": "a",
        "time": "2026-11-22T12:00:00Z",
        "datacontenttype": "application/json",
        "aggregateversion": 3,
        "data": {"colour": "red"},
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def test_envelope_is_cloudevents_json() -> None:
    event = Event.from_bytes(orjson.dumps(envelope()))
    assert event.id == UUID("019aab4e-0000-7000-8000-000000000001")
    assert orjson.loads(event.to_bytes()) == envelope()


def test_the_owners_own_version_is_what_lies_above_the_base() -> None:
    restored = Event.from_bytes(orjson.dumps(envelope(aggregateversion=28_000_003, versionbase=28_000_000)))
    assert (restored.own_version, Event.from_bytes(orjson.dumps(envelope())).own_version) == (3, 3)


def test_unknown_members_are_ignored() -> None:
    assert Event.from_bytes(orjson.dumps(envelope(later="addition"))).subject == "a"


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time", "aggregateversion", "data"])
@pytest.mark.parametrize("value", [..., None, "", 1.5, [], True])
def test_incomplete_envelope_is_poison(name: str, value: object) -> None:
    with pytest.raises(PoisonEvent, match=name):
        Event.from_bytes(orjson.dumps(envelope(**{name: value})))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"NaN"]
    + [orjson.dumps(envelope(time=t)) for t in ("2026-11-22T12:00:00", "yesterday")]
    + [orjson.dumps(envelope(republication="yes")), orjson.dumps(envelope(specversion="0.3"))],
)
def test_broken_message_is_poison(raw: bytes) -> None:
    with pytest.raises(PoisonEvent):
        Event.from_bytes(raw)


def test_poison_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(PoisonEvent) as caught:
        Event.from_bytes(orjson.dumps(envelope(id="13800138000")))
    assert "13800138000" not in str(caught.value)


def test_span_stays_in_its_trace() -> None:
    parent = new_traceparent()
    with traced(parent) as span:
        assert current_traceparent() == span != parent
        assert trace_id(span) == trace_id(parent)
    assert current_traceparent() is None


@pytest.mark.parametrize(
    "value", [None, "", "00-1-2-3", f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'G' * 32}-{'1' * 16}-01"]
)
def test_malformed_traceparent_starts_a_new_trace(value: str | None) -> None:
    assert not is_traceparent(value)
    assert is_traceparent(new_traceparent(value))
    set_traceparent(value)
    assert current_traceparent() is None
