"""Days of business."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

# Business days are Shanghai's. China keeps one offset all year, so no time zone database is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def business_day(moment: datetime) -> date:
    """The day it is in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """When a day of Shanghai begins, and when the next one does."""
    begin = datetime.combine(day, time.min, SHANGHAI)
    return begin, begin + timedelta(days=1)
