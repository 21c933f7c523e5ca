"""What minors may spend, and have spent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from gamedesk_chassis.database import row_to_dict
from sqlalchemy import Connection, Select, func, select, update

from gamedesk_sales.model.business_days import month_of
from gamedesk_sales.model.minor_caps import NOT_A_MINOR, Allowance, MinorCap
from gamedesk_sales.tables import minor_caps, orders


def all_caps(tx: Connection) -> list[MinorCap]:
    """One for each band, the strictest first."""
    rows = tx.execute(select(minor_caps).order_by(minor_caps.c.per_month_fen, minor_caps.c.band))
    return [MinorCap(**row_to_dict(row)) for row in rows]


def get(tx: Connection, band: str) -> MinorCap | None:
    return _first(tx, select(minor_caps).where(minor_caps.c.band == band))


def lock(tx: Connection, band: str) -> MinorCap | None:
    return _first(tx, select(minor_caps).where(minor_caps.c.band == band).with_for_update())


def save(tx: Connection, cap: MinorCap) -> None:
    tx.execute(
        update(minor_caps)
        .where(minor_caps.c.band == cap.band)
        .values(
            per_order_fen=cap.per_order_fen,
            per_month_fen=cap.per_month_fen,
            version=cap.version,
            updated_at=cap.updated_at,
            updated_by=cap.updated_by,
        )
    )


def allowance(tx: Connection, band: str, player_ids: Sequence[UUID], day: date) -> Allowance | None:
    """What a person of this band may spend in the month of `day`, None if he is no minor.

    A band that has no caps is one that nobody may sell to.
    """
    if band == NOT_A_MINOR:
        return None
    cap = get(tx, band)
    limits = (cap.per_order_fen, cap.per_month_fen) if cap else (0, 0)
    return Allowance(band, *limits, spent_fen=_spent(tx, player_ids, day))


def _spent(tx: Connection, player_ids: Sequence[UUID], day: date) -> int:
    first, next_first = month_of(day)
    total = func.coalesce(func.sum(orders.c.amount_paid_fen - orders.c.refunded_fen), 0)
    query = select(total).where(orders.c.player_id.in_(player_ids), orders.c.state != "cancelled")
    query = query.where(orders.c.business_day >= first, orders.c.business_day < next_first)
    return int(tx.execute(query).scalar_one())


def _first(tx: Connection, query: Select[Any]) -> MinorCap | None:
    row = tx.execute(query).one_or_none()
    return MinorCap(**row_to_dict(row)) if row else None
