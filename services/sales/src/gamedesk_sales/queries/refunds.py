"""Money that was given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.model.refunds import Refund
from gamedesk_sales.repository import copies, refunds
from gamedesk_sales.repository.refunds import Filter

# The smallest refund is one fen: what is beyond these is in the list of refunds.
SHOWN_WITH_ORDER = 50


def get_refund(tx: Connection, refund_id: UUID) -> Refund:
    return refunds.get(tx, refund_id)


def refunds_of_order(tx: Connection, order_id: UUID) -> list[Refund]:
    return refunds.of_order(tx, order_id, SHOWN_WITH_ORDER)


def list_refunds(tx: Connection, wanted: Filter, cursor: str | None, limit: int) -> tuple[list[Refund], str | None]:
    """Whose are asked for are whole persons."""
    if wanted.player_ids:
        wanted = replace(wanted, player_ids=copies.same_person(tx, wanted.player_ids))
    before = decode_cursor(cursor, [datetime.fromisoformat, UUID] if wanted.by_day else [UUID])
    found = refunds.list_page(tx, wanted, before, limit + 1)
    return page(found, limit, lambda refund: refunds.place_in(wanted, refund))
