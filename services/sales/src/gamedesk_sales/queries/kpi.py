"""How well the desk sells (B8)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.kpi import Asked, CountedRecord, FigureName, Figures, Group, Grouping, Report
from gamedesk_sales.repository import kpi


def sales_report(tx: Connection, asked: Asked, grouping: Grouping) -> Report:
    """The figures of a period, and of its groups: every day of it, or whatever has a figure, None last."""
    total = Figures(**kpi.totals(tx, asked))
    if grouping == "none":
        return Report(total, [])
    found = kpi.groups(tx, asked, grouping)
    keys = set(found)
    if grouping == "day":
        keys |= {day.isoformat() for day in asked.period.days}
    shown = sorted(keys, key=lambda key: (key is None, key))[: kpi.MOST_GROUPS]
    labels = kpi.labels(tx, grouping, [key for key in shown if key is not None])
    groups = [Group(key, key and labels.get(key), Figures(**found.get(key, {}))) for key in shown]
    return Report(total, groups, more=len(keys) > len(shown))


def counted_records(
    tx: Connection, asked: Asked, figure: FigureName, cursor: str | None, limit: int
) -> tuple[list[CountedRecord], str | None, dict[str, str]]:
    """What is behind a figure, the latest first; the cursor of the next page; the names of the reasons in it."""
    shown = decode_cursor(cursor, [_moment, UUID])
    found = kpi.page(tx, asked, figure, shown and (shown[0], shown[1]), limit + 1)
    records, next_cursor = page(found, limit, lambda record: [record.moment.isoformat(), record.record_id])
    reasons = {str(record.reason) for record in records if record.reason is not None}
    return records, next_cursor, kpi.labels(tx, "reason", sorted(reasons))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment
