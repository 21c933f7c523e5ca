"""Money that was given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.tables import orders, refunds

_COLUMNS = [column for column in refunds.c if column.name != "business_day"]
_SELECT = select(*_COLUMNS, orders.c.number.label("number_of_order")).join(
    orders, orders.c.order_id == refunds.c.order_id
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which refunds; None: whatever. `refunded_from` ≤ when it was given back < `refunded_before`; with either, the
    list is by that time."""

    player_ids: Sequence[UUID] | None = None
    order_id: UUID | None = None
    refunded_from: datetime | None = None
    refunded_before: datetime | None = None

    @property
    def by_day(self) -> bool:
        return self.refunded_from is not None or self.refunded_before is not None


def insert_refund(tx: Connection, refund: Refund) -> bool:
    """False if this payment back is recorded already; waits for a transaction that records it now."""
    values = asdict(refund)
    del values["number_of_order"]
    statement = insert(refunds).values(values).on_conflict_do_nothing().returning(refunds.c.refund_id)
    return tx.execute(statement).one_or_none() is not None


def settle_doubt(tx: Connection, order_id: UUID, *, after_delivery: bool) -> None:
    """Of this order's refunds of which nobody knew whether the game had delivered before: it has said so now."""
    doubtful = refunds.c.order_id == order_id, refunds.c.after_delivery.is_(None)
    tx.execute(update(refunds).where(*doubtful).values(after_delivery=after_delivery))


def get(tx: Connection, refund_id: UUID) -> Refund:
    """One that is known to be there."""
    return _refund(tx.execute(_SELECT.where(refunds.c.refund_id == refund_id)).one())


def of_order(tx: Connection, order_id: UUID, limit: int) -> list[Refund]:
    """The first ones first."""
    query = _SELECT.where(refunds.c.order_id == order_id).order_by(refunds.c.refund_id)
    return [_refund(row) for row in tx.execute(query.limit(limit))]


def list_page(tx: Connection, wanted: Filter, before: tuple[Any, ...] | None, limit: int) -> list[Refund]:
    """The last recorded first (ids are made in the order of time), or the last given back."""
    place = (refunds.c.refunded_at, refunds.c.refund_id) if wanted.by_day else (refunds.c.refund_id,)
    query = _SELECT.order_by(*(column.desc() for column in place)).limit(limit)
    if wanted.player_ids is not None:
        query = query.where(refunds.c.player_id.in_(wanted.player_ids))
    if wanted.order_id is not None:
        query = query.where(refunds.c.order_id == wanted.order_id)
    if wanted.refunded_from is not None:
        query = query.where(refunds.c.refunded_at >= wanted.refunded_from)
    if wanted.refunded_before is not None:
        query = query.where(refunds.c.refunded_at < wanted.refunded_before)
    if before is not None:
        query = query.where(tuple_(*place) < before)
    return [_refund(row) for row in tx.execute(query)]


def place_in(wanted: Filter, refund: Refund) -> tuple[Any, ...]:
    """Of a refund in its list."""
    return (refund.refunded_at, refund.refund_id) if wanted.by_day else (refund.refund_id,)


def _refund(row: Row[Any]) -> Refund:
    return Refund(**row._mapping)
