"""The timeline: rows are added, never changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from gamedesk_tickets.model.tickets import Change, Entry
from gamedesk_tickets.tables import entries


def insert_entry(tx: Connection, entry: Entry) -> None:
    """Append to the timeline; with the ticket's row locked, positions follow the order of recording."""
    values = asdict(entry)
    del values["position"]
    tx.execute(insert(entries).values({**values, "changes": list(values["changes"])}))


def get_entry(tx: Connection, entry_id: UUID) -> Entry | None:
    row = tx.execute(select(entries).where(entries.c.entry_id == entry_id)).one_or_none()
    return _entry(row) if row else None


def entries_page(tx: Connection, ticket_id: UUID, after: int | None, limit: int) -> list[Entry]:
    """The oldest first."""
    query = select(entries).where(entries.c.ticket_id == ticket_id).order_by(entries.c.position).limit(limit)
    query = query if after is None else query.where(entries.c.position > after)
    return [_entry(row) for row in tx.execute(query)]


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{**row._mapping, "changes": tuple(Change(**change) for change in row.changes)})
