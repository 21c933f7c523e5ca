"""Who sells in whose place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import StandInNotFound
from gamedesk_sales.model.stand_ins import StandIn
from gamedesk_sales.repository import stand_ins


def get_stand_in(tx: Connection, stand_in_id: UUID) -> StandIn:
    stand_in = stand_ins.get(tx, stand_in_id)
    if stand_in is None:
        raise StandInNotFound()
    return stand_in


def list_stand_ins(
    tx: Connection, owner: str | None, stand_in: str | None, on: date | None, cursor: str | None, limit: int
) -> tuple[list[StandIn], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = stand_ins.list_page(
        tx, owner=owner, stand_in=stand_in, on=on, before=before[0] if before else None, limit=limit + 1
    )
    return page(found, limit, lambda found: [found.stand_in_id])
