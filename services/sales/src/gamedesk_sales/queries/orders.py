"""Sales."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import OrderNotFound
from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.queries.refunds import refunds_of_order
from gamedesk_sales.repository import copies, orders


def get_order(tx: Connection, order_id: UUID) -> Order:
    order = orders.get(tx, order_id)
    if order is None:
        raise OrderNotFound()
    return order


def order_with_refunds(tx: Connection, order_id: UUID) -> tuple[Order, list[Refund]]:
    return get_order(tx, order_id), refunds_of_order(tx, order_id)


def list_orders(
    tx: Connection,
    player_ids: Sequence[UUID] | None,
    seller: str | None,
    state: str | None,
    verified: bool | None,
    team: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Order], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = orders.list_page(
        tx,
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        seller=seller,
        state=state,
        verified=verified,
        team=team,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda order: [order.order_id])
