"""Orders, with what was sold frozen in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, text, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.deliveries import place_of
from gamedesk_sales.model.orders import Order, OrderPack, OrderProfile
from gamedesk_sales.repository import deliveries
from gamedesk_sales.repository.copies import lines
from gamedesk_sales.tables import agent_copies, orders


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which orders; None: whatever. `number`, which goes with a `transaction_id`: those that have either. `team`: of
    the agents who are of it now, `not_seller`: without this agent's. `paid_from` ≤ time of payment < `paid_before`;
    with either, the list is by that time. `oldest_first`: by that time as well, the first paid first.
    """

    player_ids: Sequence[UUID] | None = None
    seller: str | None = None
    not_seller: str | None = None
    state: str | None = None
    verified: bool | None = None
    team: str | None = None
    number: int | None = None
    transaction_id: str | None = None
    paid_from: datetime | None = None
    paid_before: datetime | None = None
    oldest_first: bool = False

    @property
    def by_payment(self) -> bool:
        return self.oldest_first or self.paid_from is not None or self.paid_before is not None


# With the delivery, whose columns have names of their own.
_SELECT = select(orders, *deliveries.COLUMNS).outerjoin_from(orders, deliveries.TABLE)


def _order(row: Row[Any]) -> Order:
    profile = None
    if row.profile_id is not None:
        profile = OrderProfile(row.profile_id, row.game_id, row.server, row.game_account_id)
    return Order(
        order_id=row.order_id,
        number=row.number,
        player_id=row.player_id,
        seller_agent_id=row.seller_agent_id,
        profile=profile,
        pack=OrderPack(
            pack_id=row.pack_id,
            code=row.pack_code,
            name=row.pack_name,
            revision=row.pack_revision,
            version=row.pack_version,
            discount_bp=row.discount_bp,
            list_price_fen=row.list_price_fen,
            contents=lines(row.contents),
        ),
        amount_due_fen=row.amount_due_fen,
        amount_paid_fen=row.amount_paid_fen,
        currency=row.currency,
        difference_reason=row.difference_reason,
        method=row.method,
        transaction_id=row.transaction_id,
        paid_at=row.paid_at,
        state=row.state,
        verified=row.verified,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        verified_by=row.verified_by,
        verified_at=row.verified_at,
        cancelled_by=row.cancelled_by,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        payment_rejected=row.payment_rejected,
        quote_id=row.quote_id,
        campaign_id=row.campaign_id,
        stand_in=row.stand_in,
        refunded_fen=row.refunded_fen,
        seller_team=row.seller_team,
        tier=row.tier,
        minor_band=row.minor_band,
        delivery=deliveries.of_order(row),
    )


def get(tx: Connection, order_id: UUID) -> Order | None:
    row = tx.execute(_SELECT.where(orders.c.order_id == order_id)).one_or_none()
    return _order(row) if row else None


def lock(tx: Connection, order_id: UUID) -> Order | None:
    """The order and then its delivery, read once both are locked: whoever held them may have changed them.

    A worker that claims deliveries passes by those that are locked. The order's key stays free, for a claim's check of
    it must not wait for who waits for the claim.
    """
    query = select(orders.c.order_id).where(orders.c.order_id == order_id)
    if tx.execute(query.with_for_update(key_share=True)).one_or_none() is None:
        return None
    deliveries.lock(tx, order_id)
    return get(tx, order_id)


def many(tx: Connection, ids: Sequence[UUID]) -> list[Order]:
    """The newest first."""
    rows = tx.execute(_SELECT.where(orders.c.order_id.in_(ids)).order_by(orders.c.order_id.desc()))
    return [_order(row) for row in rows]


def list_page(tx: Connection, wanted: Filter, after: tuple[Any, ...] | None, limit: int) -> list[Order]:
    """The newest first (ids are made in the order of time), or by payment; `after`: the place of one of them.

    Of a team, those that each member sold merged.
    """
    if wanted.seller is not None and wanted.seller == wanted.not_seller:
        return []
    place = (orders.c.paid_at, orders.c.order_id) if wanted.by_payment else (orders.c.order_id,)
    query: Select[Any] = _SELECT if wanted.team is None else select(*place)
    query = query.where(*_conditions(wanted)).order_by(*_in_order(wanted, place)).limit(limit)
    if after is not None:
        query = query.where(tuple_(*place) > after if wanted.oldest_first else tuple_(*place) < after)
    if wanted.team is not None:
        of_team = _of_members(query, wanted, limit)
        query = _SELECT.where(orders.c.order_id.in_(of_team)).order_by(*_in_order(wanted, place))
    return [_order(row) for row in tx.execute(query)]


def _in_order(wanted: Filter, columns: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.asc() if wanted.oldest_first else column.desc() for column in columns]


def place_in(wanted: Filter, order: Order) -> tuple[Any, ...]:
    """Of an order in its list."""
    return (order.paid_at, order.order_id) if wanted.by_payment else (order.order_id,)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.player_ids is not None:
        found.append(orders.c.player_id.in_(wanted.player_ids))
    if wanted.seller is not None:
        found.append(orders.c.seller_agent_id == wanted.seller)
    if wanted.not_seller is not None:
        found.append(orders.c.seller_agent_id != wanted.not_seller)
    if wanted.state is not None:
        found.append(orders.c.state == wanted.state)
    if wanted.verified is not None:
        found.append(orders.c.verified if wanted.verified else ~orders.c.verified)
    if wanted.transaction_id is not None:
        either = orders.c.transaction_id == wanted.transaction_id
        found.append(either if wanted.number is None else or_(either, orders.c.number == wanted.number))
    if wanted.paid_from is not None:
        found.append(orders.c.paid_at >= wanted.paid_from)
    if wanted.paid_before is not None:
        found.append(orders.c.paid_at < wanted.paid_before)
    return found


def _of_members(query: Select[Any], wanted: Filter, limit: int) -> Select[Any]:
    """Ids by index: those of each member, merged in the order of the query's columns."""
    members = select(agent_copies.c.agent_id).where(agent_copies.c.team == wanted.team).subquery()
    of_each = query.where(orders.c.seller_agent_id == members.c.agent_id).lateral()
    in_order = _in_order(wanted, of_each.c)
    merged = select(of_each).select_from(members.join(of_each, true())).order_by(*in_order).limit(limit)
    return select(merged.subquery().c.order_id)


def delivered_page(tx: Connection, player_ids: Sequence[UUID], before: UUID | None, limit: int) -> list[Order]:
    """What the game has delivered, in the order of the deliveries' `record_id`, the last first."""
    delivered = deliveries.TABLE.c
    moment = func.date_trunc("milliseconds", delivered.delivered_at)
    rest = func.substring(func.uuid_send(orders.c.order_id), 7)
    query = _SELECT.where(orders.c.player_id.in_(player_ids), delivered.delivered_at.is_not(None))
    if before is not None:
        query = query.where(tuple_(moment, rest) < place_of(before))
    return [_order(row) for row in tx.execute(query.order_by(moment.desc(), rest.desc()).limit(limit))]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Order]:
    query = _SELECT.order_by(orders.c.order_id).limit(limit)
    return [_order(row) for row in tx.execute(query if after is None else query.where(orders.c.order_id > after))]


def insert_order(tx: Connection, order: Order) -> int | None:
    """Store a new order; its number, or None if the payment is recorded for another order.

    Waits for a concurrent transaction that records the same payment.
    """
    profile, pack = order.profile, order.pack
    statement = insert(orders).values(
        order_id=order.order_id,
        player_id=order.player_id,
        seller_agent_id=order.seller_agent_id,
        profile_id=profile.profile_id if profile else None,
        game_id=profile.game_id if profile else None,
        server=profile.server if profile else None,
        game_account_id=profile.game_account_id if profile else None,
        pack_id=pack.pack_id,
        pack_code=pack.code,
        pack_name=pack.name,
        pack_revision=pack.revision,
        pack_version=pack.version,
        discount_bp=pack.discount_bp,
        list_price_fen=pack.list_price_fen,
        contents=[asdict(line) for line in pack.contents],
        amount_due_fen=order.amount_due_fen,
        amount_paid_fen=order.amount_paid_fen,
        currency=order.currency,
        difference_reason=order.difference_reason,
        method=order.method,
        transaction_id=order.transaction_id,
        paid_at=order.paid_at,
        state=order.state,
        verified=order.verified,
        quote_id=order.quote_id,
        campaign_id=order.campaign_id,
        stand_in=order.stand_in,
        seller_team=order.seller_team,
        tier=order.tier,
        minor_band=order.minor_band,
        version=order.version,
        created_at=order.created_at,
        updated_at=order.updated_at,
    )
    of_payment = {"index_elements": ["method", "transaction_id"], "index_where": text("state <> 'cancelled'")}
    return tx.execute(statement.on_conflict_do_nothing(**of_payment).returning(orders.c.number)).scalar_one_or_none()


def id_of_payment(tx: Connection, method: str, transaction_id: str) -> UUID | None:
    """The order, not cancelled, that a payment is recorded for."""
    query = select(orders.c.order_id).where(orders.c.method == method, orders.c.transaction_id == transaction_id)
    return tx.execute(query.where(orders.c.state != "cancelled")).scalar_one_or_none()


def save(tx: Connection, order: Order) -> None:
    """What may change once an order is written: its state, whether its payment is verified, what was given back."""
    tx.execute(
        update(orders)
        .where(orders.c.order_id == order.order_id)
        .values(
            state=order.state,
            verified=order.verified,
            verified_by=order.verified_by,
            verified_at=order.verified_at,
            cancelled_by=order.cancelled_by,
            cancelled_at=order.cancelled_at,
            cancel_reason=order.cancel_reason,
            payment_rejected=order.payment_rejected,
            refunded_fen=order.refunded_fen,
            version=order.version,
            updated_at=order.updated_at,
        )
    )
