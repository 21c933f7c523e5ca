"""The timeline: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, exists, func, insert, or_, select, update

from gamedesk_tickets.model.tickets import Change, Department, Entry, Priority
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


def open_consultations(tx: Connection, ticket_id: UUID, department: Department) -> set[UUID]:
    """What a ticket waits for a department to answer: asked since it began to wait for it, and not answered."""
    asked, answer = entries.alias("asked"), entries.alias("answer")
    waiting = entries.c.changes.contains([{"field": "waiting_on", "after": department}])
    began = select(func.max(entries.c.position)).where(entries.c.ticket_id == ticket_id, waiting).scalar_subquery()
    to_it = or_(answer.c.consultation_entry_id == asked.c.entry_id, answer.c.consultation_entry_id.is_(None))
    answered = exists().where(
        answer.c.ticket_id == ticket_id,
        answer.c.position > asked.c.position,
        answer.c.kind == "answer",
        answer.c.department == department,
        to_it,
    )
    query = select(asked.c.entry_id).where(asked.c.ticket_id == ticket_id, asked.c.position >= began, ~answered)
    return set(tx.execute(query.where(asked.c.kind == "consultation", asked.c.department == department)).scalars())


def priorities_replaced_at(tx: Connection, ticket_id: UUID, moments: Collection[datetime]) -> dict[datetime, Priority]:
    """Of a ticket's changes of priority at these moments, when and which it was before."""
    query = select(entries.c.recorded_at, entries.c.changes).where(
        entries.c.ticket_id == ticket_id,
        entries.c.recorded_at.in_(moments),
        entries.c.changes.contains([{"field": "priority"}]),
    )
    return {
        recorded_at: change["before"]
        for recorded_at, changes in tx.execute(query)
        for change in changes
        if change["field"] == "priority"
    }


def blank(tx: Connection, player_id: UUID) -> None:
    """Take out of a player's timeline whatever somebody wrote; that, when and by whom something was done stays."""
    written = or_(entries.c.text.is_not(None), entries.c.changes != [])
    tx.execute(update(entries).where(entries.c.player_id == player_id, written).values(text=None, changes=[]))


def entry_of(row: Row[Any]) -> Entry:
    """The entry in a row that may hold more."""
    values = {column.name: row._mapping[column.name] for column in _COLUMNS}
    return Entry(**{**values, "changes": tuple(Change(**change) for change in row.changes)})
