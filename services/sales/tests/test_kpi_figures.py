"""Every figure in every grouping: as a plain loop over the books counts it, with as many records behind it (B8)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.kpi import Asked, FigureName, Figures, Grouping, Missing, Period
from gamedesk_sales.queries import kpi as queries
from gamedesk_sales.repository import kpi
from gamedesk_sales.tables import (
    deliveries,
    lost_reasons,
    orders,
    pack_copies,
    player_copies,
    quotes,
    refunds,
    touches,
)
from sqlalchemy import Connection, insert, select

from .conftest import migrate_sales

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 13, 10, tzinfo=SHANGHAI)
PERIOD = Period(date(2026, 10, 5), date(2026, 10, 14))  # its last day has not come yet
TEAMS = {"KF001": "A", "KF002": "A", "KF003": "B", "KF009": ""}  # of one nobody knows the team
CAMPAIGNS = [UUID(int=900), UUID(int=901), None]
PACKS = ["7K2QX", "AB3CD", "ZZ9ZZ"]
PLAYERS = [UUID(int=n) for n in range(1, 41)]
# Every fourth was merged into the one before him.
PERSON = {player: PLAYERS[n - 1] if n % 4 == 3 else player for n, player in enumerate(PLAYERS)}


@dataclass(frozen=True)
class Credit:
    """Who was concerned, and of what it was."""

    player_id: UUID
    agent: str
    tier: str
    campaign: UUID | None
    pack: str | None
    reason: UUID | None = None

    @property
    def team(self) -> str | None:
        return TEAMS[self.agent] or None


@dataclass(frozen=True)
class Sale:
    """An order as the reference sees it."""

    record_id: UUID
    credit: Credit
    at: datetime
    amount_fen: int
    state: str
    payment_rejected: bool
    verified: bool
    delivery: str
    overdue: bool

    @property
    def stands(self) -> bool:
        return self.state != "cancelled"


@dataclass(frozen=True)
class Contact:
    record_id: UUID
    credit: Credit
    at: datetime
    outcome: str
    sale: Sale | None = None

    @property
    def counts(self) -> bool:
        return self.sale is None or self.sale.stands or self.sale.payment_rejected


@dataclass(frozen=True)
class Refunded:
    record_id: UUID
    sale: Sale
    at: datetime
    amount_fen: int

    @property
    def credit(self) -> Credit:
        return self.sale.credit


@dataclass(frozen=True)
class Quoted:
    record_id: UUID
    credit: Credit
    at: datetime
    state: str
    order_id: UUID | None


Record = Sale | Contact | Refunded | Quoted


@dataclass
class Books:
    """Everything that was written."""

    reasons: Sequence[UUID]
    sales: list[Sale] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    refunds: list[Refunded] = field(default_factory=list)
    quotes: list[Quoted] = field(default_factory=list)


def some_books(rng: random.Random, reasons: Sequence[UUID]) -> Books:
    books, ids = Books(reasons), iter(range(10_000, 99_999))

    def moment() -> datetime:
        at = NOW - timedelta(seconds=rng.randrange(1, 20 * 86_400))
        return at.replace(hour=0, minute=0, second=0) if rng.random() < 0.1 else at  # midnight, where days meet

    def credit(pack: str | None) -> Credit:
        tier = rng.choice(["none", "big", "whale"])
        return Credit(rng.choice(PLAYERS), rng.choice(list(TEAMS)), tier, rng.choice(CAMPAIGNS), pack)

    for _ in range(220):
        who, state = credit(rng.choice(PACKS)), rng.choice(["paid", "delivered", "refunded", "cancelled"])
        sale = Sale(
            record_id=UUID(int=next(ids)),
            credit=who,
            at=moment(),
            amount_fen=rng.randrange(1, 500) * 33,
            state=state,
            payment_rejected=state == "cancelled" and rng.random() < 0.5,
            verified=rng.random() < 0.7,
            delivery="delivered" if state == "delivered" else rng.choice(["queued", "failed", "stopped", "delivered"]),
            overdue=rng.random() < 0.4,
        )
        books.sales.append(sale)
        books.contacts.append(Contact(UUID(int=next(ids)), who, sale.at, "won", sale))
        if rng.random() < 0.2:  # also of an earlier period
            at = min(sale.at + timedelta(seconds=rng.randrange(900_000)), NOW)
            books.refunds.append(Refunded(UUID(int=next(ids)), sale, at, rng.randrange(1, sale.amount_fen + 1)))
        if sale.stands and rng.random() < 0.4:
            at = sale.at - timedelta(hours=rng.randrange(40))
            books.quotes.append(Quoted(UUID(int=next(ids)), who, at, "sold", sale.record_id))
    for _ in range(400):
        outcome = rng.choice(["won", "lost", "lost", "thinking", "no_reply", "do_not_contact"])
        who = replace(credit(rng.choice([*PACKS, None])), reason=rng.choice(reasons) if outcome == "lost" else None)
        books.contacts.append(Contact(UUID(int=next(ids)), who, moment(), outcome))
    for _ in range(60):
        state = rng.choice(["open", "expired", "withdrawn"])
        books.quotes.append(Quoted(UUID(int=next(ids)), credit(rng.choice(PACKS)), moment(), state, None))
    return books


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


def write(tx: Connection, books: Books) -> None:
    common = {"owner_agent_id": "KF001", "tier": "small", "minor_band": "none", "erased": False, "version": 1}
    merged = [{"player_id": p, "merged_into": None if of == p else of, **common} for p, of in PERSON.items()]
    tx.execute(insert(player_copies), merged)
    tx.execute(insert(pack_copies).values(_pack(PACKS[0])))
    tx.execute(insert(orders), [_order(sale) for sale in books.sales])
    tx.execute(insert(deliveries), [_delivery(sale) for sale in books.sales])
    tx.execute(insert(touches), [_touch(contact) for contact in books.contacts])
    tx.execute(insert(refunds), [_refund(refund) for refund in books.refunds])
    tx.execute(insert(quotes), [_quote(quote, n) for n, quote in enumerate(books.quotes)])


def _pack(code: str) -> dict[str, Any]:
    return {
        "pack_id": UUID(int=1),
        "code": code,
        "name": "周末礼包",
        "state": "active",
        "discount_bp": 0,
        "list_price_fen": 1,
        "price_fen": 1,
        "currency": "CNY",
        "contents": [],
        "revision": 1,
        "updated_at": NOW,
        "version": 1,
    }


def _sold(credit: Credit) -> dict[str, Any]:
    frozen = {"pack_id": UUID(int=1), "pack_name": "礼包", "pack_revision": 1, "pack_version": 1, "contents": []}
    money = {"discount_bp": 0, "list_price_fen": 1, "currency": "CNY", "version": 1}
    of = {"player_id": credit.player_id, "tier": credit.tier, "campaign_id": credit.campaign, "pack_code": credit.pack}
    return {**frozen, **money, **of}


def _order(sale: Sale) -> dict[str, Any]:
    return {
        **_sold(sale.credit),
        "order_id": sale.record_id,
        "seller_agent_id": sale.credit.agent,
        "seller_team": TEAMS[sale.credit.agent],
        "amount_due_fen": sale.amount_fen,
        "amount_paid_fen": sale.amount_fen,
        "method": "alipay",
        "transaction_id": str(sale.record_id),
        "paid_at": sale.at,
        "state": sale.state,
        "payment_rejected": sale.payment_rejected,
        "verified": sale.verified,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _delivery(sale: Sale) -> dict[str, Any]:
    return {
        "order_id": sale.record_id,
        "state": sale.delivery,
        "overdue_since": NOW if sale.overdue else None,
    }


def _touch(contact: Contact) -> dict[str, Any]:
    credit = contact.credit
    return {
        "touch_id": contact.record_id,
        "player_id": credit.player_id,
        "agent_id": credit.agent,
        "agent_team": TEAMS[credit.agent],
        "tier": credit.tier,
        "campaign_id": credit.campaign,
        "pack_code": credit.pack,
        "outcome": contact.outcome,
        "reason_id": credit.reason,
        "situation": "",
        "player_state": "",
        "order_id": contact.sale.record_id if contact.sale else None,
        "occurred_at": contact.at,
        "recorded_at": NOW,
    }


def _refund(refund: Refunded) -> dict[str, Any]:
    return {
        "refund_id": refund.record_id,
        "order_id": refund.sale.record_id,
        "player_id": refund.credit.player_id,
        "amount_fen": refund.amount_fen,
        "currency": "CNY",
        "reason": "x",
        "method": "alipay",
        "refunded_at": refund.at,
        "refunded_by": "KF002",
        "after_delivery": False,
        "recorded_at": NOW,
    }


def _quote(quote: Quoted, number: int) -> dict[str, Any]:
    return {
        **_sold(quote.credit),
        "quote_id": quote.record_id,
        "pack_id": UUID(int=1_000 + number),
        "agent_id": quote.credit.agent,
        "agent_team": TEAMS[quote.credit.agent],
        "stand_in": False,
        "amount_fen": 1,
        "note": "",
        "expires_at": NOW,
        "state": quote.state,
        "order_id": quote.order_id,
        "created_at": quote.at,
        "updated_at": NOW,
    }


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
