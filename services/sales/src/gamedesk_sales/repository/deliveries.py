"""What the games are to give for orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import jobs
from sqlalchemy import Connection, Row, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.deliveries import Account, Delivery
from gamedesk_sales.model.orders import OrderProfile
from gamedesk_sales.tables import deliveries, orders, profile_copies
from gamedesk_sales.tables.deliveries import OWED

TABLE = deliveries
_PREFIX = "delivery_"
COLUMNS = [column.label(_PREFIX + column.name) for column in deliveries.c]

_DUE = or_(deliveries.c.state == "queued", and_(deliveries.c.state == "stopped", deliveries.c.uncertain))


@dataclass(frozen=True)
class Claim:
    """A delivery under a lease: `row` as it was claimed, what is to be granted, and whether it is only asked about."""

    row: Row[Any]
    account: Account
    contents: tuple[tuple[str, int], ...]

    @property
    def order_id(self) -> UUID:
        return self.row.order_id

    @property
    def asked_before(self) -> bool:
        """The game may have granted it already."""
        return self.row.attempts > 1

    @property
    def stopped(self) -> bool:
        return self.row.state == "stopped"


def of_order(row: Row[Any]) -> Delivery:
    """The delivery in a row of an order with COLUMNS; one without was written by a version that delivered nothing."""
    fields = row._mapping
    if fields[_PREFIX + "state"] is None:
        return Delivery("stopped", last_reason="before deliveries")
    return _delivery({column.name: fields[_PREFIX + column.name] for column in deliveries.c})


def _delivery(fields: Any) -> Delivery:
    return Delivery(
        state=fields["state"],
        account=_account(fields),
        attempts=fields["attempts"],
        uncertain=fields["uncertain"],
        last_reason=fields["last_reason"],
        next_attempt_at=fields["next_attempt_at"],
        leased_until=fields["leased_until"],
        queued_at=fields["queued_at"],
        delivered_at=fields["delivered_at"],
        overdue_since=fields["overdue_since"],
    )


def _account(fields: Any) -> Account | None:
    if fields["profile_id"] is None:
        return None
    names = ("profile_id", "game_id", "server", "game_account_id", "server_id")
    return Account(**{name: fields[name] for name in names})


def account_of(tx: Connection, profile: OrderProfile) -> Account:
    """The account that an order names, with what the game calls its server, if that is known."""
    query = select(profile_copies.c.server_id).where(profile_copies.c.profile_id == profile.profile_id)
    server_id = tx.execute(query).scalar_one_or_none()
    return Account(profile.profile_id, profile.game_id, profile.server, profile.game_account_id, server_id)


def lock(tx: Connection, order_id: UUID) -> None:
    """Call with the order locked: nobody claims it from now on, until the transaction ends."""
    tx.execute(select(deliveries.c.order_id).where(deliveries.c.order_id == order_id).with_for_update())


def save(tx: Connection, order_id: UUID, game_id: str | None, delivery: Delivery) -> None:
    """All but the lease, which is the claim's; order and delivery are locked. Makes the row if there is none."""
    account = delivery.account
    values = {
        "state": delivery.state,
        "profile_id": account.profile_id if account else None,
        "game_id": account.game_id if account else game_id,
        "server": account.server if account else None,
        "server_id": account.server_id if account else None,
        "game_account_id": account.game_account_id if account else None,
        "uncertain": delivery.uncertain,
        "last_reason": delivery.last_reason,
        "next_attempt_at": delivery.next_attempt_at,
        "queued_at": delivery.queued_at,
        "delivered_at": delivery.delivered_at,
        "overdue_since": delivery.overdue_since,
    }
    statement = insert(deliveries).values(order_id=order_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["order_id"], set_=values))


def claim_due(tx: Connection, game_id: str, moment: datetime, limit: int, lease_seconds: float) -> list[Claim]:
    """Whoever waited longest first, but for those that somebody has locked: it waits for no order.

    From now on nobody knows whether the game grants them, until it says so.
    """
    due = and_(deliveries.c.game_id == game_id, _DUE, deliveries.c.next_attempt_at <= moment)
    order_by = deliveries.c.next_attempt_at
    rows = jobs.claim(tx, deliveries, due, limit=limit, lease_seconds=lease_seconds, order_by=order_by)
    if not rows:
        return []
    ids = [row.order_id for row in rows]
    tx.execute(update(deliveries).where(deliveries.c.order_id.in_(ids)).values(uncertain=True))
    sold = tx.execute(select(orders.c.order_id, orders.c.contents).where(orders.c.order_id.in_(ids)))
    contents = {order_id: tuple((line["code"], line["quantity"]) for line in lines) for order_id, lines in sold}
    return [Claim(row, _known(row), contents[row.order_id]) for row in rows]


def _known(row: Row[Any]) -> Account:
    account = _account(row._mapping)
    assert account is not None  # what is due has one
    return account


def end_lease(tx: Connection, claim: Claim) -> bool:
    """Whether it was still ours."""
    return jobs.settle(tx, deliveries, claim.row, {})


def not_yet_overdue(tx: Connection, before: datetime, limit: int) -> list[UUID]:
    """Orders whose delivery the game owes since before then, and that were not called overdue."""
    owed = and_(deliveries.c.overdue_since.is_(None), deliveries.c.state.in_(OWED))
    query = select(deliveries.c.order_id).where(owed, deliveries.c.queued_at <= before)
    return list(tx.execute(query.order_by(deliveries.c.queued_at).limit(limit)).scalars())


def list_ids(
    tx: Connection,
    *,
    states: Sequence[str] | None,
    game_id: str | None,
    overdue: bool | None,
    seller: str | None = None,
    sellers: Sequence[str] | None = None,
    before: UUID | None,
    limit: int,
) -> list[UUID]:
    """The newest orders first; `sellers`: of any of them."""
    query = select(deliveries.c.order_id).order_by(deliveries.c.order_id.desc()).limit(limit)
    if states is not None:
        query = query.where(deliveries.c.state.in_(states))
    if game_id is not None:
        query = query.where(deliveries.c.game_id == game_id)
    if overdue:
        query = query.where(deliveries.c.overdue_since.is_not(None), deliveries.c.state.in_(OWED))
    if seller is not None or sellers is not None:
        query = query.join(orders)
    if seller is not None:
        query = query.where(orders.c.seller_agent_id == seller)
    if sellers is not None:
        query = query.where(orders.c.seller_agent_id.in_(sellers))
    if before is not None:
        query = query.where(deliveries.c.order_id < before)
    return list(tx.execute(query).scalars())
