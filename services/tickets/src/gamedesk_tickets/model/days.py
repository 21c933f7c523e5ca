"""The domain: the days of the desk, by which lists are narrowed and figures are counted."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), ZoneInfo(ZONE))
