"""Rows of pictures, and which pictures the store has to lose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.jobs import claim
from sqlalchemy import Connection, Row, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from gamedesk_tickets.model.attachments import Attachment
from gamedesk_tickets.tables import attachment_removals, attachments

_LEASE_SECONDS = 60


def _attachment(row: Row[Any]) -> Attachment:
    return Attachment(**row._mapping)


def get(tx: Connection, attachment_id: UUID) -> Attachment | None:
    """Removed ones too."""
    row = tx.execute(select(attachments).where(attachments.c.attachment_id == attachment_id)).one_or_none()
    return _attachment(row) if row else None


def of_ticket(tx: Connection, ticket_id: UUID) -> list[Attachment]:
    """Those that are not removed, the oldest first."""
    query = select(attachments).where(attachments.c.ticket_id == ticket_id, attachments.c.removed_at.is_(None))
    return [_attachment(row) for row in tx.execute(query.order_by(attachments.c.attachment_id))]


def count(tx: Connection, ticket_id: UUID) -> int:
    """How many of a ticket are not removed."""
    kept = attachments.c.ticket_id == ticket_id, attachments.c.removed_at.is_(None)
    return tx.execute(select(func.count()).select_from(attachments).where(*kept)).scalar_one()


def insert_attachment(tx: Connection, attachment: Attachment) -> None:
    tx.execute(insert(attachments).values(asdict(attachment)))


def remove(tx: Connection, attachment_ids: Collection[UUID], removed_by: str, moment: datetime) -> int:
    """Keep the rows as removed, without a name, and have the bytes deleted after the commit; how many there were."""
    removed = (
        update(attachments)
        .where(attachments.c.attachment_id.in_(attachment_ids), attachments.c.removed_at.is_(None))
        .values(removed_by=removed_by, removed_at=moment, name="")
        .returning(attachments.c.attachment_id)
    )
    ids = [{"attachment_id": found} for found in tx.execute(removed).scalars()]
    if ids:
        tx.execute(insert_or(attachment_removals).values(ids).on_conflict_do_nothing())
    return len(ids)


def claim_removals(tx: Connection, limit: int) -> list[UUID]:
    """Pictures whose bytes this worker deletes now."""
    rows = claim(tx, attachment_removals, true(), limit=limit, lease_seconds=_LEASE_SECONDS)
    return [row.attachment_id for row in rows]


def end_removal(tx: Connection, attachment_id: UUID) -> None:
    tx.execute(delete(attachment_removals).where(attachment_removals.c.attachment_id == attachment_id))


def oldest_and_newest(tx: Connection) -> tuple[UUID, UUID] | None:
    """The first and the last picture that there ever was a row of, removed ones too; None if there was none."""
    ids = select(attachments.c.attachment_id).limit(1)
    oldest = tx.execute(ids.order_by(attachments.c.attachment_id)).scalar_one_or_none()
    newest = tx.execute(ids.order_by(attachments.c.attachment_id.desc())).scalar_one_or_none()
    return (oldest, newest) if oldest and newest else None


def kept_among(tx: Connection, attachment_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are pictures of tickets that are not removed."""
    kept = attachments.c.attachment_id.in_(attachment_ids), attachments.c.removed_at.is_(None)
    return set(tx.execute(select(attachments.c.attachment_id).where(*kept)).scalars())
