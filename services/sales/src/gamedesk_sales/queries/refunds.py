"""Money that was given back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.repository import copies, refunds

# The smallest refund is one fen: what is beyond these is in the list of refunds.
SHOWN_WITH_ORDER = 50


def get_refund(tx: Connection, refund_id: UUID) -> Refund:
    return refunds.get(tx, refund_id)


def refunds_of_order(tx: Connection, order_id: UUID) -> list[Refund]:
    return refunds.of_order(tx, order_id, SHOWN_WITH_ORDER)


def list_refunds(
    tx: Connection, player_ids: Sequence[UUID] | None, order_id: UUID | None, cursor: str | None, limit: int
) -> tuple[list[Refund], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = refunds.list_page(
        tx,
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        order_id=order_id,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda refund: [refund.refund_id])
