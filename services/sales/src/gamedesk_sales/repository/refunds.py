"""Money that was given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.tables import orders, refunds

_COLUMNS = [column for column in refunds.c if column.name != "business_day"]
_SELECT = select(*_COLUMNS, orders.c.number.label("number_of_order")).join(
    orders, orders.c.order_id == refunds.c.order_id
)


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


def list_page(
    tx: Connection, *, player_ids: Sequence[UUID] | None, order_id: UUID | None, before: UUID | None, limit: int
) -> list[Refund]:
    """The newest first."""
    query = _SELECT.order_by(refunds.c.refund_id.desc()).limit(limit)
    if player_ids is not None:
        query = query.where(refunds.c.player_id.in_(player_ids))
    if order_id is not None:
        query = query.where(refunds.c.order_id == order_id)
    if before is not None:
        query = query.where(refunds.c.refund_id < before)
    return [_refund(row) for row in tx.execute(query)]


def _refund(row: Row[Any]) -> Refund:
    return Refund(**row._mapping)
