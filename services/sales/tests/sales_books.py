"""Books of a desk, invented: what sales wrote in twenty days, as a plain count sees it and as rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gamedesk_sales.tables import deliveries, orders, pack_copies, player_copies, quotes, refunds, touches
from sqlalchemy import Connection, insert

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 13, 10, tzinfo=SHANGHAI)
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
