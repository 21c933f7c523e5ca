"""Appending to the timeline (R11)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.commands.changes import locked, new_entry, past, store
from gamedesk_tickets.errors import (
    EntryFieldWrong,
    TimeNotPossible,
    UnknownConsultation,
)
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.tickets import EntryKind, NewEntry
from gamedesk_tickets.repository import entries

# Fields that only some kinds of entry have.
_FIELDS_OF_KIND: dict[EntryKind, set[str]] = {
    "consultation": {"department", "set_waiting"},
    "answer": {"department", "consultation_entry_id"},
}


def append_entry(tx: Connection, caller: Principal, ticket_id: UUID, new: NewEntry) -> Outcome:
    """Add a note, reply, consultation or answer; costs nobody who edits the ticket a conflict.

    Raises TicketNotFound, EntryFieldWrong, UnknownConsultation, TimeNotPossible, TicketDone.
    """
    before = locked(tx, ticket_id)
    new = _completed(tx, ticket_id, new)
    moment = now()
    happened_at = past(new.happened_at or moment, moment, "/happened_at")
    if new.kind == "reply":
        # Moments on WeChat are known to the minute, that of the question often to the second.
        if happened_at < before.asked_at.replace(second=0, microsecond=0):
            raise TimeNotPossible("A reply comes after the question.", pointer="/happened_at")
        happened_at = max(happened_at, before.asked_at)
    entry = new_entry(
        ticket_id,
        new.kind,
        caller,
        moment,
        happened_at=happened_at,
        text=new.text,
        department=new.department,
        consultation_entry_id=new.consultation_entry_id,
    )
    after = model.with_entry(before, new, more_to_come=_more_to_come(tx, ticket_id, new))
    store(tx, caller, before, after, entry)
    return Outcome(str(entry.entry_id))


def _more_to_come(tx: Connection, ticket_id: UUID, new: NewEntry) -> bool:
    """Whether an answer leaves another consultation open; one that names none answers all of its department."""
    if new.kind != "answer" or new.consultation_entry_id is None or new.department is None:
        return False
    return entries.open_consultations(tx, ticket_id, new.department) - {new.consultation_entry_id} != set()


def _completed(tx: Connection, ticket_id: UUID, new: NewEntry) -> NewEntry:
    """The entry with its department, which an answer takes from its consultation."""
    for name in ("department", "consultation_entry_id", "set_waiting"):
        if getattr(new, name) is not None and name not in _FIELDS_OF_KIND.get(new.kind, ()):
            raise EntryFieldWrong(f"An entry of kind {new.kind} has no {name}.", pointer=f"/{name}")
    if new.consultation_entry_id is not None:
        asked = entries.get_entry(tx, new.consultation_entry_id)
        if (
            asked is None
            or (asked.ticket_id, asked.kind) != (ticket_id, "consultation")
            or new.department not in (None, asked.department)
        ):
            raise UnknownConsultation(pointer="/consultation_entry_id")
        new = replace(new, department=asked.department)
    if new.kind in _FIELDS_OF_KIND and new.department is None:
        raise EntryFieldWrong("Name the department.", pointer="/department")
    return new
