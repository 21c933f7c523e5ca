"""What the games are to give for orders."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.orders import Order
from gamedesk_sales.repository import copies, deliveries, orders


def list_deliveries(
    tx: Connection,
    states: Sequence[str] | None,
    game_id: str | None,
    overdue: bool | None,
    seller: str | None,
    team: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Order], str | None]:
    before = decode_cursor(cursor, [UUID])
    ids = deliveries.list_ids(
        tx,
        states=states,
        game_id=game_id,
        overdue=overdue,
        seller=seller,
        sellers=copies.members_of(tx, team) if team is not None else None,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    return page(orders.many(tx, ids), limit, lambda order: [order.order_id])
