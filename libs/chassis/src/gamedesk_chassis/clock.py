"""The one clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime | None) -> str | None:
    """`2026-11-22T12:00:00.123456Z`, or None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_rfc3339(value: str | None) -> datetime | None:
    """The inverse of `rfc3339`; a value without an offset, or out of the calendar, is refused (ValueError)."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset from UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("in UTC this time lies outside of the calendar") from None
