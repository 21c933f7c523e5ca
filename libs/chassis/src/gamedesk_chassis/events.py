"""The envelope that every event travels in: CloudEvents 1.0, structured JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from gamedesk_chassis.clock import parse_rfc3339, rfc3339

SPEC_VERSION = "1.0"
DATA_CONTENT_TYPE = "application/json"
CONTENT_TYPE = "application/cloudevents+json"

# NATS headers beside the envelope.
MSG_ID_HEADER = "Nats-Msg-Id"
CONTENT_TYPE_HEADER = "Content-Type"


class PoisonEvent(Exception):
    """The message is not an event that anyone could ever handle. The text names the field, never its value."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One change of one aggregate, with the aggregate's full public state in `data`.

    `subject` is the aggregate's id and `aggregateversion` the version that the change produced, above `versionbase`,
    which is 0 unless the owner's database was put back from a backup. A republication repeats the current state under
    a new `id`: apply it when newer or equal, and let it trigger nothing.
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    aggregateversion: int
    data: dict[str, Any]
    traceparent: str | None = None
    republication: bool = False
    actor: str | None = None
    versionbase: int = 0

    @property
    def own_version(self) -> int:
        """The version as the owner has it, and shows it to who reads the aggregate; copies compare the other."""
        return self.aggregateversion - self.versionbase

    def to_bytes(self) -> bytes:
        """The envelope as UTF-8 JSON."""
        envelope: dict[str, Any] = {
            "specversion": SPEC_VERSION,
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": rfc3339(self.time),
            "datacontenttype": DATA_CONTENT_TYPE,
            "aggregateversion": self.aggregateversion,
        }
        if self.versionbase:
            envelope["versionbase"] = self.versionbase
        if self.traceparent is not None:
            envelope["traceparent"] = self.traceparent
        if self.republication:
            envelope["republication"] = True
        if self.actor is not None:
            envelope["actor"] = self.actor
        envelope["data"] = self.data
        return orjson.dumps(envelope)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Event:
        """The inverse of `to_bytes`; unknown members are ignored. Raises PoisonEvent."""
        try:
            envelope = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise PoisonEvent("the message is not JSON") from None
        if not isinstance(envelope, dict):
            raise PoisonEvent("the envelope is not an object")
        if envelope.get("specversion") != SPEC_VERSION:
            raise PoisonEvent(f"specversion is not {SPEC_VERSION}")
        return cls(
            id=_uuid(envelope, "id"),
            source=_required(envelope, "source", str),
            type=_required(envelope, "type", str),
            subject=_required(envelope, "subject", str),
            time=_time(envelope, "time"),
            aggregateversion=_required(envelope, "aggregateversion", int),
            data=_required(envelope, "data", dict),
            traceparent=_optional(envelope, "traceparent", str),
            republication=_optional(envelope, "republication", bool) or False,
            actor=_optional(envelope, "actor", str),
            versionbase=_optional(envelope, "versionbase", int) or 0,
        )


def _required(envelope: dict[str, Any], name: str, kind: type) -> Any:
    value = envelope.get(name)
    if type(value) is not kind or value == "":
        raise PoisonEvent(f"{name} is missing or not of type {kind.__name__}")
    return value


def _optional(envelope: dict[str, Any], name: str, kind: type) -> Any:
    return None if envelope.get(name) is None else _required(envelope, name, kind)


def _uuid(envelope: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(_required(envelope, name, str))
    except ValueError:
        raise PoisonEvent(f"{name} is not a UUID") from None


def _time(envelope: dict[str, Any], name: str) -> datetime:
    try:
        moment = parse_rfc3339(_required(envelope, name, str))
    except ValueError:
        raise PoisonEvent(f"{name} is not a time with an offset") from None
    assert moment is not None
    return moment
