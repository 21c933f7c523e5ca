"""What can be done with tickets: one function, one use case, one transaction.

Whatever changes a ticket locks its row first, adds to its timeline, and publishes its state.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import ReferenceNotYetKnown, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets import events, model, repository
from gamedesk_tickets.errors import (
    EntryFieldWrong,
    NotReopenable,
    OpenTicketExists,
    TicketNotFound,
    TimeNotPossible,
    UnknownAssignee,
    UnknownConsultation,
)
from gamedesk_tickets.model import Entry, EntryKind, NewEntry, NewTicket, State, Ticket

_CLOCK_DIFFERENCE = timedelta(minutes=1)

# Fields that only some kinds of entry have.
_FIELDS_OF_KIND: dict[EntryKind, set[str]] = {
    "consultation": {"department", "set_waiting"},
    "answer": {"department", "consultation_entry_id"},
}


def create_ticket(tx: Connection, caller: Principal, new: NewTicket) -> Outcome:
    """Record a player's question (R11); without an assignee it is his owner's work.

    Raises ReferenceNotYetKnown, UnknownAssignee, TimeNotPossible, NotReopenable, and OpenTicketExists unless
    `new.despite_open_ticket`.
    """
    moment = now()
    owner = repository.lock_player(tx, new.player_id)
    if owner is None:
        reference = {"kind": "player", "id": str(new.player_id)}
        raise ReferenceNotYetKnown(pointer="/player_id", reference=reference)
    _require_active(tx, new.assignee_agent_id)
    asked_at = _past(new.asked_at, moment, "/asked_at")
    _require_reopenable(tx, new)
    existing = repository.open_ticket(tx, new.player_id, new.category)
    if existing is not None and not new.despite_open_ticket:
        raise OpenTicketExists("Open that one, or send despite_open_ticket.", existing_ticket_id=str(existing))
    ticket = Ticket(
        ticket_id=new_id(),
        number=repository.next_number(tx),
        player_id=new.player_id,
        state="pending",
        title=new.title,
        detail=new.detail,
        solution=None,
        category=new.category,
        priority=new.priority,
        waiting_on="none",
        assignee_agent_id=new.assignee_agent_id,
        reopens_ticket_id=new.reopens_ticket_id,
        created_by=caller.id,
        asked_at=asked_at,
        first_replied_at=None,
        done_at=None,
        first_done_at=None,
        version=1,
        revision=1,
        created_at=moment,
        updated_at=moment,
    )
    repository.insert_ticket(tx, ticket)
    repository.insert_entry(tx, _entry(ticket.ticket_id, "created", caller, moment, happened_at=asked_at))
    events.ticket_updated(tx, ticket, caller.id)
    return Outcome(str(ticket.ticket_id))


def edit_ticket(
    tx: Connection, caller: Principal, ticket_id: UUID, expected_version: int, changes: dict[str, Any]
) -> None:
    """Apply `changes` (fields of Ticket); changing nothing leaves no trace.

    Raises TicketNotFound, StaleVersion, UnknownAssignee, ReferenceNotYetKnown, SolutionRequired, TicketDone.
    """
    before = _locked(tx, ticket_id, expected_version)
    after = model.edited(before, changes)
    if after == before:
        return
    if after.assignee_agent_id != before.assignee_agent_id:
        _require_active(tx, after.assignee_agent_id)
    after = replace(after, version=before.version + 1)
    _store(tx, caller, before, after, _entry(ticket_id, "edit", caller, now()))


def move_ticket(
    tx: Connection,
    caller: Principal,
    ticket_id: UUID,
    expected_version: int,
    to: State,
    *,
    solution: str | None = None,
    reason: str | None = None,
) -> None:
    """Take a ticket to another state (R10). Raises TicketNotFound, StaleVersion, and what `model.moved` raises."""
    before = _locked(tx, ticket_id, expected_version)
    moment = now()
    after = model.moved(before, to, caller.id, moment, solution=solution, reason=reason)
    after = replace(after, version=before.version + 1)
    entry = _entry(ticket_id, "transition", caller, moment, text=reason, from_state=before.state, to_state=to)
    _store(tx, caller, before, after, entry)


def append_entry(tx: Connection, caller: Principal, ticket_id: UUID, new: NewEntry) -> Outcome:
    """Add a note, reply, consultation or answer; costs nobody who edits the ticket a conflict.

    Raises TicketNotFound, EntryFieldWrong, UnknownConsultation, TimeNotPossible, TicketDone.
    """
    before = _locked(tx, ticket_id)
    new = _completed(tx, ticket_id, new)
    moment = now()
    happened_at = _past(new.happened_at or moment, moment, "/happened_at")
    if new.kind == "reply" and happened_at < before.asked_at:
        raise TimeNotPossible("A reply comes after the question.", pointer="/happened_at")
    entry = _entry(
        ticket_id,
        new.kind,
        caller,
        moment,
        happened_at=happened_at,
        text=new.text,
        department=new.department,
        consultation_entry_id=new.consultation_entry_id,
    )
    _store(tx, caller, before, model.with_entry(before, new, happened_at), entry)
    return Outcome(str(entry.entry_id))


def _locked(tx: Connection, ticket_id: UUID, expected_version: int | None = None) -> Ticket:
    ticket = repository.lock(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    if expected_version not in (None, ticket.version):
        raise StaleVersion()
    return ticket


def _store(tx: Connection, caller: Principal, before: Ticket, after: Ticket, entry: Entry) -> None:
    after = replace(after, revision=before.revision + 1, updated_at=entry.recorded_at)
    repository.save(tx, after)
    repository.insert_entry(tx, replace(entry, changes=model.changes_between(before, after)))
    events.ticket_updated(tx, after, caller.id)


def _entry(
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


def _completed(tx: Connection, ticket_id: UUID, new: NewEntry) -> NewEntry:
    """The entry with its department, which an answer takes from its consultation."""
    for name in ("department", "consultation_entry_id", "set_waiting"):
        if getattr(new, name) is not None and name not in _FIELDS_OF_KIND.get(new.kind, ()):
            raise EntryFieldWrong(f"An entry of kind {new.kind} has no {name}.", pointer=f"/{name}")
    if new.consultation_entry_id is not None:
        asked = repository.get_entry(tx, new.consultation_entry_id)
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


def _require_active(tx: Connection, agent_id: str | None) -> None:
    if agent_id is None:
        return
    standing = repository.standing(tx, agent_id)
    if standing is None:
        reference = {"kind": "agent", "id": agent_id}
        raise ReferenceNotYetKnown(pointer="/assignee_agent_id", reference=reference)
    if not standing.active:
        raise UnknownAssignee("Name an active agent.", pointer="/assignee_agent_id")


def _past(time: datetime, moment: datetime, pointer: str) -> datetime:
    """`time`, or `moment` for what a clock that is a little ahead calls now. Raises TimeNotPossible."""
    if time > moment + _CLOCK_DIFFERENCE:
        raise TimeNotPossible("It lies in the future.", pointer=pointer)
    return min(time, moment)


def _require_reopenable(tx: Connection, new: NewTicket) -> None:
    if new.reopens_ticket_id is None:
        return
    old = repository.get(tx, new.reopens_ticket_id)
    if old is None or (old.player_id, old.state) != (new.player_id, "done"):
        raise NotReopenable(pointer="/reopens_ticket_id")
