"""Every figure in every grouping: as a plain loop over the books counts it, with as many records behind it (B8)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any, get_args
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.kpi import Asked, FigureName, Figures, Grouping, Missing, Period
from gamedesk_sales.queries import kpi as queries
from gamedesk_sales.repository import kpi
from gamedesk_sales.tables import lost_reasons
from sqlalchemy import Connection, select

from .conftest import migrate_sales
from .sales_books import (
    PACKS,
    PERSON,
    SHANGHAI,
    TEAMS,
    Books,
    Contact,
    Quoted,
    Record,
    Refunded,
    Sale,
    some_books,
    write,
)

PERIOD = Period(date(2026, 10, 5), date(2026, 10, 14))  # its last day has not come yet


@dataclass(frozen=True)
class Desk:
    tx: Connection
    books: Books


@pytest.fixture(scope="module")
def desk(fresh_database: Callable[..., str]) -> Iterator[Desk]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    with database.begin() as tx:
        reasons = list(tx.execute(select(lost_reasons.c.reason_id).order_by(lost_reasons.c.name).limit(3)).scalars())
        books = some_books(random.Random(8), reasons)
        write(tx, books)
        yield Desk(tx, books)
    database.dispose()


def key_of(record: Record, grouping: Grouping) -> str | None:
    if grouping == "none":
        return None
    if grouping == "day":
        return record.at.astimezone(SHANGHAI).date().isoformat()
    value = getattr(record.credit, grouping)
    return None if value is None else str(value)


def expected(books: Books, grouping: Grouping, key: str | None) -> Figures:
    """The figures of a group, by the definitions."""

    def of(records: Sequence[Any]) -> list[Any]:
        in_period = [r for r in records if PERIOD.start <= r.at < PERIOD.end]
        return [r for r in in_period if key_of(r, grouping) == key]

    contacts: list[Contact] = [c for c in of(books.contacts) if c.counts]
    sold: list[Sale] = [sale for sale in of(books.sales) if sale.stands]
    back: list[Refunded] = of(books.refunds)
    quoted: list[Quoted] = of(books.quotes)
    lost = [c for c in contacts if c.outcome == "lost"]
    unverified = [sale for sale in sold if not sale.verified]
    amounts = sorted(sale.amount_fen for sale in sold)
    return Figures(
        touches=len(contacts),
        reached=len([c for c in contacts if c.outcome != "no_reply"]),
        players_touched=len({PERSON[c.credit.player_id] for c in contacts}),
        deals=len([c for c in contacts if c.sale is not None and c.sale.stands]),
        lost=len(lost),
        won_back=len([c for c in lost if has_bought_since(books, c)]),
        thinking=len([c for c in contacts if c.outcome == "thinking"]),
        orders=len(sold),
        revenue_fen=sum(amounts),
        unverified=len(unverified),
        unverified_fen=sum(sale.amount_fen for sale in unverified),
        median_order_fen=amounts[ceil(len(amounts) / 2) - 1] if amounts else None,
        delivered=len([sale for sale in sold if sale.delivery == "delivered"]),
        delivery_overdue=len([sale for sale in sold if sale.overdue and sale.delivery in ("queued", "failed")]),
        refunds=len(back),
        refunded_fen=sum(refund.amount_fen for refund in back),
        quotes=len(quoted),
        quotes_sold=len([quote for quote in quoted if quote.state == "sold"]),
    )


def has_bought_since(books: Books, contact: Contact) -> bool:
    person = PERSON[contact.credit.player_id]
    return any(s.stands and PERSON[s.credit.player_id] == person and s.at > contact.at for s in books.sales)


ASKED = Asked(PERIOD)
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_figures_are_what_a_plain_count_says__B8(desk: Desk, grouping: Grouping) -> None:
    report = queries.sales_report(desk.tx, ASKED, grouping)

    assert report.total == expected(desk.books, "none", None)
    assert bool(report.groups) == (grouping != "none")
    for group in report.groups:
        assert group.figures == expected(desk.books, grouping, group.key), group.key


def test_the_example_has_some_of_everything(desk: Desk) -> None:
    total = expected(desk.books, "none", None)
    assert all(vars(total).values())
    assert 0 < total.won_back < total.lost
    assert total.players_touched < len({c.credit.player_id for c in desk.books.contacts})
    assert any(c.sale and c.sale.payment_rejected for c in desk.books.contacts)
    assert any(not c.counts for c in desk.books.contacts)


@pytest.mark.parametrize("grouping", [grouping for grouping in GROUPINGS if grouping != "none"])
def test_groups_add_up_to_the_total__B8(desk: Desk, grouping: Grouping) -> None:
    report = queries.sales_report(desk.tx, ASKED, grouping)

    for name in vars(report.total).keys() - {"players_touched", "median_order_fen"}:
        assert sum(getattr(group.figures, name) for group in report.groups) == getattr(report.total, name), name


@pytest.mark.parametrize("most", [1, 3])
def test_the_first_groups_are_whole_where_there_are_more__B8(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    all_groups = queries.sales_report(desk.tx, ASKED, "agent").groups
    monkeypatch.setattr(kpi, "MOST_GROUPS", most)

    shown = queries.sales_report(desk.tx, ASKED, "agent")

    assert (shown.groups, shown.more) == (all_groups[:most], True)
    assert [group.key for group in all_groups] == sorted(TEAMS)


def test_packs_and_reasons_are_shown_by_name__B8(desk: Desk) -> None:
    packs = {group.key: group.label for group in queries.sales_report(desk.tx, ASKED, "pack").groups}
    reasons = [group.label for group in queries.sales_report(desk.tx, ASKED, "reason").groups]

    assert packs == {PACKS[0]: "周末礼包", PACKS[1]: None, PACKS[2]: None, None: None}
    assert all(reasons[:-1])
    assert reasons[-1] is None


def narrowed(grouping: Grouping, key: str | None) -> Asked:
    """The question about one group alone."""
    if grouping == "none":
        return ASKED
    if key is None:
        missing: tuple[Missing, ...] = get_args(Missing)
        return replace(ASKED, without=next(name for name in missing if name == grouping))
    if grouping == "day":
        day = date.fromisoformat(key)
        return Asked(Period(day, day))
    return replace(ASKED, **{grouping: UUID(key) if grouping in ("campaign", "reason") else key})


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("figure", get_args(FigureName))
def test_as_many_records_are_behind_a_figure_as_it_says__B8(desk: Desk, figure: FigureName, grouping: Grouping) -> None:
    report = queries.sales_report(desk.tx, ASKED, grouping)
    figures = [(group.key, group.figures) for group in report.groups] or [(None, report.total)]
    for key, found in figures:
        behind, _, _ = queries.counted_records(desk.tx, narrowed(grouping, key), figure, None, 1000)
        assert len(behind) == getattr(found, figure), key
        assert len({record.record_id for record in behind}) == len(behind)


@pytest.mark.parametrize(
    ("figure", "amount"), [("orders", "revenue_fen"), ("unverified", "unverified_fen"), ("refunds", "refunded_fen")]
)
def test_amounts_are_the_sum_of_the_records_behind_them__B8(desk: Desk, figure: FigureName, amount: str) -> None:
    behind, _, _ = queries.counted_records(desk.tx, ASKED, figure, None, 1000)

    assert sum(record.amount_fen or 0 for record in behind) == getattr(expected(desk.books, "none", None), amount)


@pytest.mark.parametrize("figure", get_args(FigureName))
def test_pages_show_each_record_behind_a_figure_once__B8(desk: Desk, figure: FigureName) -> None:
    whole, _, _ = queries.counted_records(desk.tx, ASKED, figure, None, 1000)
    paged, cursor, _ = queries.counted_records(desk.tx, ASKED, figure, None, 7)
    while cursor is not None:
        page, cursor, _ = queries.counted_records(desk.tx, ASKED, figure, cursor, 7)
        paged += page

    assert paged == whole
    assert [record.moment for record in whole] == sorted((record.moment for record in whole), reverse=True)


@pytest.mark.parametrize("name", ["agent", "team", "tier", "campaign", "pack", "reason"])
def test_filters_narrow_every_figure_alike__B8(desk: Desk, name: Grouping) -> None:
    """Asked for one group alone, the total is that of the group, whatever it is grouped by besides."""
    for group in queries.sales_report(desk.tx, ASKED, name).groups:
        alone = narrowed(name, group.key)
        assert queries.sales_report(desk.tx, alone, "none").total == group.figures
        both = queries.sales_report(desk.tx, alone, "day").groups
        assert sum(found.figures.revenue_fen for found in both) == group.figures.revenue_fen
