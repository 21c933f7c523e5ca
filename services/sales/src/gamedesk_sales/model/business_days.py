"""Days and times of business."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

# Business days are Shanghai's. China keeps one offset all year, so no time zone database is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# Clocks differ: this much "in the future" is still now.
CLOCK_TOLERANCE = timedelta(minutes=2)


def business_day(moment: datetime) -> date:
    """The day it is in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """When the day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def lies_in_future(moment: datetime, now: datetime) -> bool:
    return moment > now + CLOCK_TOLERANCE


def month_of(day: date) -> tuple[date, date]:
    """The first day of its month, and of the next one."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)
