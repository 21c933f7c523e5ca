"""The reasons for which sales are lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from gamedesk_sales.model.lost_reasons import LostReason
from gamedesk_sales.tables import lost_reasons


def _reason(row: Row[Any]) -> LostReason:
    return LostReason(
        reason_id=row.reason_id,
        name=row.name,
        needs_note=row.needs_note,
        active=row.active,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def all_reasons(tx: Connection) -> list[LostReason]:
    """In the order they were made, those that need a note (其他) last; inactive ones after the active, 200 in all."""
    query = select(lost_reasons).order_by(lost_reasons.c.active.desc(), "needs_note", "reason_id").limit(200)
    return [_reason(row) for row in tx.execute(query)]


def count_active(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(lost_reasons).where(lost_reasons.c.active)).scalar_one()


def get(tx: Connection, reason_id: UUID) -> LostReason | None:
    row = tx.execute(select(lost_reasons).where(lost_reasons.c.reason_id == reason_id)).one_or_none()
    return _reason(row) if row else None


def lock(tx: Connection, reason_id: UUID) -> LostReason | None:
    query = select(lost_reasons).where(lost_reasons.c.reason_id == reason_id).with_for_update()
    row = tx.execute(query).one_or_none()
    return _reason(row) if row else None


def lock_all(tx: Connection) -> None:
    """Names are compared and changed by one transaction at a time."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("lost_reasons", 0))))


def id_of_name(tx: Connection, name: str) -> UUID | None:
    return tx.execute(select(lost_reasons.c.reason_id).where(lost_reasons.c.name == name)).scalar_one_or_none()


def insert_reason(tx: Connection, reason: LostReason) -> None:
    tx.execute(
        insert(lost_reasons).values(reason_id=reason.reason_id, created_at=reason.created_at, **_columns(reason))
    )


def save(tx: Connection, reason: LostReason) -> None:
    tx.execute(update(lost_reasons).where(lost_reasons.c.reason_id == reason.reason_id).values(**_columns(reason)))


def _columns(reason: LostReason) -> dict[str, Any]:
    return {
        "name": reason.name,
        "needs_note": reason.needs_note,
        "active": reason.active,
        "version": reason.version,
        "updated_at": reason.updated_at,
    }
