"""The timeline: rows are added, never changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from gamedesk_tickets.model.tickets import Change, Entry
from gamedesk_tickets.tables import entries, tickets

_COLUMNS = [column for column in entries.c if column.name != "player_id"]


def insert_entry(tx: Connection, entry: Entry) -> None:
    """Append to the timeline; with the ticket's row locked, positions follow the order of recording."""
    values = asdict(entry)
    del values["position"]
    player_id = select(tickets.c.player_id).where(tickets.c.ticket_id == entry.ticket_id).scalar_subquery()
    tx.execute(insert(entries).values({**values, "changes": list(values["changes"]), "player_id": player_id}))


def get_entry(tx: Connection, entry_id: UUID) -> Entry | None:
    row = tx.execute(select(*_COLUMNS).where(entries.c.entry_id == entry_id)).one_or_none()
    return entry_of(row) if row else None


def entries_page(tx: Connection, ticket_id: UUID, after: int | None, limit: int) -> list[Entry]:
    """The oldest first."""
    query = select(*_COLUMNS).where(entries.c.ticket_id == ticket_id).order_by(entries.c.position).limit(limit)
    query = query if after is None else query.where(entries.c.position > after)
    return [entry_of(row) for row in tx.execute(query)]


def blank(tx: Connection, player_id: UUID) -> None:
    """Take out of a player's timeline whatever somebody wrote; that, when and by whom something was done stays."""
    written = or_(entries.c.text.is_not(None), entries.c.changes != [])
    tx.execute(update(entries).where(entries.c.player_id == player_id, written).values(text=None, changes=[]))


def entry_of(row: Row[Any]) -> Entry:
    """The entry in a row that may hold more."""
    values = {column.name: row._mapping[column.name] for column in _COLUMNS}
    return Entry(**{**values, "changes": tuple(Change(**change) for change in row.changes)})
