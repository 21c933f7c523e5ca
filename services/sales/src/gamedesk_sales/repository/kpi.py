"""Figures of sales, and the records behind them.

Figures are aggregates of cohorts, the records behind a figure are their rows, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, String, cast, func, literal, null, select, tuple_

from gamedesk_sales.model.kpi import Asked, CountedRecord, FigureName, Grouping
from gamedesk_sales.repository import kpi_cohorts as cohorts
from gamedesk_sales.tables import campaign_copies, lost_reasons, pack_copies

MOST_GROUPS = 1000

_SHOWN = tuple(CountedRecord.__dataclass_fields__)
_COHORTS: Mapping[str, Callable[[Asked], Select[Any]]] = {
    "touches": cohorts.touched,
    "orders": cohorts.ordered,
    "refunds": cohorts.refunded,
    "quotes": cohorts.quoted,
}
# Of each cohort, which of its columns are counted where they are true. The figure named like the cohort is all of it.
_COUNTED: Mapping[str, tuple[FigureName, ...]] = {
    "touches": ("reached", "deals", "lost", "won_back", "thinking"),
    "orders": ("unverified", "delivered", "delivery_overdue"),
    "refunds": (),
    "quotes": ("quotes_sold",),
}
_COHORT_OF: Mapping[str, str] = {name: cohort for cohort, names in _COUNTED.items() for name in (cohort, *names)}
_NAMED: Mapping[Grouping, tuple[Any, Any]] = {
    "pack": (pack_copies.c.code, pack_copies.c.name),
    "campaign": (campaign_copies.c.campaign_id, campaign_copies.c.name),
    "reason": (lost_reasons.c.reason_id, lost_reasons.c.name),
}

# By the names of `Figures`, those that are there.
Counts = dict[str, Any]


def totals(tx: Connection, asked: Asked) -> Counts:
    found: Counts = {}
    for query in figures_queries(asked, "none").values():
        found |= tx.execute(query).one()._mapping
    del found["key"]
    return found


def groups(tx: Connection, asked: Asked, grouping: Grouping) -> dict[str | None, Counts]:
    """By key; without the keys of which there is nothing. The first MOST_GROUPS and one more of each cohort."""
    found: dict[str | None, Counts] = {}
    for query in figures_queries(asked, grouping).values():
        for row in tx.execute(query):
            counts = dict(row._mapping)
            key = counts.pop("key")
            found.setdefault(None if key is None else str(key), {}).update(counts)
    return found


def page(
    tx: Connection, asked: Asked, figure: FigureName, shown: tuple[datetime, UUID] | None, limit: int
) -> list[CountedRecord]:
    """The records behind a figure, the latest first, from behind (moment, record) shown last."""
    return [CountedRecord(**row._mapping) for row in tx.execute(page_query(asked, figure, shown, limit))]


def page_query(asked: Asked, figure: FigureName, shown: tuple[datetime, UUID] | None, limit: int) -> Select[Any]:
    cohort = _COHORT_OF[figure]
    rows = _COHORTS[cohort](asked).subquery()
    query = select(*(rows.c[column] for column in _SHOWN)).limit(limit)
    query = query.order_by(rows.c.moment.desc(), rows.c.record_id.desc())
    if figure != cohort:
        query = query.where(rows.c[figure])
    if shown is not None:
        query = query.where(tuple_(rows.c.moment, rows.c.record_id) < tuple_(*map(literal, shown)))
    return query


def figures_queries(asked: Asked, grouping: Grouping) -> dict[str, Select[Any]]:
    """The aggregates of each cohort, by key."""
    return {name: _figures(name, cohort(asked), grouping) for name, cohort in _COHORTS.items()}


def _figures(cohort: str, query: Select[Any], grouping: Grouping) -> Select[Any]:
    rows = query.subquery()
    key = null() if grouping == "none" else rows.c[grouping]
    columns: list[ColumnElement[Any]] = [key.label("key"), func.count().label(cohort)]
    columns += [func.count().filter(rows.c[name]).label(name) for name in _COUNTED[cohort]]
    columns += _more(cohort, rows.c)
    found = select(*columns)
    if grouping == "none":
        return found
    # In the order in which they are shown: the first ones of all cohorts are then among the first of each.
    return found.group_by(key).order_by(cast(key, String).collate("C")).limit(MOST_GROUPS + 1)


def _more(cohort: str, rows: Any) -> Sequence[Any]:
    """What is not a count of rows. The median is an amount that occurred."""
    if cohort == "touches":
        return [func.count(rows.person.distinct()).label("players_touched")]
    if cohort == "orders":
        return [
            _sum(rows.amount_fen).label("revenue_fen"),
            _sum(rows.amount_fen, where=rows.unverified).label("unverified_fen"),
            func.percentile_disc(0.5).within_group(rows.amount_fen).label("median_order_fen"),
        ]
    return [_sum(rows.amount_fen).label("refunded_fen")] if cohort == "refunds" else []


def _sum(column: Any, where: Any = None) -> Any:
    total = func.sum(column)
    return cast(func.coalesce(total if where is None else total.filter(where), 0), BigInteger)


def labels(tx: Connection, grouping: Grouping, keys: Sequence[str]) -> dict[str, str]:
    """What packs, campaigns and reasons are called now; nothing of the others."""
    if grouping not in _NAMED:
        return {}
    key, name = _NAMED[grouping]
    ids = keys if grouping == "pack" else [UUID(id) for id in keys]
    return {str(row[0]): row[1] for row in tx.execute(select(key, name).where(key.in_(ids)))}
