"""Entries by player."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, true

from gamedesk_tickets.model.player_entries import PlayerEntry
from gamedesk_tickets.model.tickets import shown_number
from gamedesk_tickets.repository.entries import entry_of
from gamedesk_tickets.tables import entries, player_copies, tickets


def latest(tx: Connection, player_ids: Collection[UUID], before: UUID | None, limit: int) -> list[PlayerEntry]:
    """The last recorded first, from before the entry called `before`."""
    return [
        PlayerEntry(entry_of(row), row.player_id, shown_number(row.ticket_number), row.ticket_title)
        for row in tx.execute(latest_query(player_ids, before, limit))
    ]


def latest_query(player_ids: Collection[UUID], before: UUID | None, limit: int) -> Select[Any]:
    """Of each of these players no more than a page is read, from the end of his range of the index."""
    players = select(player_copies.c.player_id).where(player_copies.c.player_id.in_(player_ids)).subquery()
    of_one = select(entries).where(entries.c.player_id == players.c.player_id)
    of_one = of_one if before is None else of_one.where(entries.c.entry_id < before)
    found = of_one.order_by(entries.c.entry_id.desc()).limit(limit).lateral("found")
    page = (
        select(found, tickets.c.number.label("ticket_number"), tickets.c.title.label("ticket_title"))
        .select_from(players)
        .join(found, true())
        .join(tickets, tickets.c.ticket_id == found.c.ticket_id)
    )
    return page.order_by(found.c.entry_id.desc()).limit(limit)
