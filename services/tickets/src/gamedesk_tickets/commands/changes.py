"""What every change of a ticket goes through."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import ReferenceNotYetKnown, StaleVersion
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets import events
from gamedesk_tickets.commands import clocks
from gamedesk_tickets.errors import (
    PlayerErased,
    TicketNotFound,
    TimeNotPossible,
    UnknownAssignee,
)
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.tickets import Entry, EntryKind, Ticket
from gamedesk_tickets.repository import copies, entries, tickets

_CLOCK_DIFFERENCE = timedelta(minutes=1)


def locked(tx: Connection, ticket_id: UUID, expected_version: int | None = None) -> Ticket:
    ticket = tickets.lock(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    if expected_version not in (None, ticket.version):
        raise StaleVersion()
    return ticket


def store(
    tx: Connection, caller: Principal, before: Ticket, after: Ticket, entry: Entry, *, overrides: bool = True
) -> None:
    """Keep a change of a ticket with its place in the timeline, move its clocks, and publish it.

    `overrides`: whether a reply may take the place of a later one that was the first response until now.
    Raises PlayerErased: nothing is written any more about somebody who asked for that.
    """
    if before.player_erased:
        raise PlayerErased()
    after = clocks.follow(tx, before, after, entry, overrides=overrides)
    after = replace(after, revision=before.revision + 1, updated_at=entry.recorded_at)
    tickets.save(tx, after)
    entries.insert_entry(tx, replace(entry, changes=entry.changes + model.changes_between(before, after)))
    events.ticket_updated(tx, after, caller.id)


def new_entry(
    ticket_id: UUID,
    kind: EntryKind,
    caller: Principal,
    moment: datetime,
    *,
    happened_at: datetime | None = None,
    **fields: Any,
) -> Entry:
    return Entry(
        entry_id=new_id(),
        ticket_id=ticket_id,
        kind=kind,
        agent_id=caller.id,
        happened_at=happened_at or moment,
        recorded_at=moment,
        text=fields.pop("text", None),
        **fields,
    )


def past(time: datetime, moment: datetime, pointer: str) -> datetime:
    """`time`, or `moment` for what a clock that is a little ahead calls now. Raises TimeNotPossible."""
    if time > moment + _CLOCK_DIFFERENCE:
        raise TimeNotPossible("It lies in the future.", pointer=pointer)
    return min(time, moment)


def require_active(tx: Connection, agent_id: str | None, pointer: str = "/assignee_agent_id") -> None:
    if agent_id is None:
        return
    standing = copies.standing(tx, agent_id)
    if standing is None:
        reference = {"kind": "agent", "id": agent_id}
        raise ReferenceNotYetKnown(pointer=pointer, reference=reference)
    if not standing.active:
        raise UnknownAssignee("Name an active agent.", pointer=pointer)
