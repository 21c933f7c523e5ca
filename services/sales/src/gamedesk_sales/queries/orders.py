"""Sales."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import OrderNotFound
from gamedesk_sales.model.orders import Order
from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.queries.refunds import refunds_of_order
from gamedesk_sales.repository import copies, orders
from gamedesk_sales.repository.orders import Filter


def get_order(tx: Connection, order_id: UUID) -> Order:
    order = orders.get(tx, order_id)
    if order is None:
        raise OrderNotFound()
    return order


def order_with_refunds(tx: Connection, order_id: UUID) -> tuple[Order, list[Refund]]:
    return get_order(tx, order_id), refunds_of_order(tx, order_id)


def list_orders(tx: Connection, wanted: Filter, cursor: str | None, limit: int) -> tuple[list[Order], str | None]:
    """Whose are asked for are whole persons."""
    if wanted.player_ids:
        wanted = replace(wanted, player_ids=copies.same_person(tx, wanted.player_ids))
    after = decode_cursor(cursor, [datetime.fromisoformat, UUID] if wanted.by_payment else [UUID])
    found = orders.list_page(tx, wanted, after, limit + 1)
    return page(found, limit, lambda order: orders.place_in(wanted, order))
