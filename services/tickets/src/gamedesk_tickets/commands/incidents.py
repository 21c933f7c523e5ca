"""One incident hitting many players: tickets that hang on one, and an answer that goes to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.commands.changes import locked, new_entry, past, store
from gamedesk_tickets.errors import EntryFieldWrong, NotAnIncident, NotAttachable, TicketNotFound
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.incidents import IncidentAnswer, NewAnswer
from gamedesk_tickets.model.tickets import Change, Ticket
from gamedesk_tickets.repository import incidents, tickets


def attach_children(tx: Connection, caller: Principal, ticket_id: UUID, child_ids: Sequence[UUID]) -> None:
    """Hang tickets on an incident; those that hang on it already stay. Costs nobody who edits them a conflict.

    Raises TicketNotFound, NotAttachable (then none is attached).
    """
    found = {ticket.ticket_id: ticket for ticket in tickets.lock_many(tx, [ticket_id, *child_ids])}
    parent = found.get(ticket_id)
    if parent is None:
        raise TicketNotFound()
    if parent.parent_ticket_id is not None:
        raise NotAttachable("This ticket belongs to an incident itself; attach to that one.")
    incidents_too = incidents.parents_among(tx, child_ids)
    for place, child_id in enumerate(child_ids):
        child = found.get(child_id)
        fault = _fault(child, parent, is_incident=child_id in incidents_too)
        if fault is not None:
            raise NotAttachable(fault, pointer=f"/ticket_ids/{place}")
    for child_id in child_ids:
        if found[child_id].parent_ticket_id is None:
            _hang(tx, caller, found[child_id], None, parent)


def _fault(child: Ticket | None, parent: Ticket, *, is_incident: bool) -> str | None:
    """Why `child` cannot hang on `parent`, None if it can."""
    if child is None:
        return "There is no such ticket."
    if child.ticket_id == parent.ticket_id:
        return "A ticket does not belong to itself."
    if is_incident:
        return "Other tickets belong to this one."
    if child.parent_ticket_id not in (None, parent.ticket_id):
        return "It belongs to another incident; detach it there first."
    return None


def detach_child(tx: Connection, caller: Principal, ticket_id: UUID, child_id: UUID) -> None:
    """Raises TicketNotFound, also for one that does not hang on this incident."""
    found = {ticket.ticket_id: ticket for ticket in tickets.lock_many(tx, [ticket_id, child_id])}
    parent, child = found.get(ticket_id), found.get(child_id)
    if parent is None or child is None or child.parent_ticket_id != ticket_id:
        raise TicketNotFound()
    _hang(tx, caller, child, parent, None)


def _hang(tx: Connection, caller: Principal, child: Ticket, before: Ticket | None, after: Ticket | None) -> None:
    shown = [parent.shown_number if parent else None for parent in (before, after)]
    entry = new_entry(child.ticket_id, "edit", caller, now(), changes=(Change("parent", *shown),))
    store(tx, caller, child, replace(child, parent_ticket_id=after.ticket_id if after else None), entry)


def answer_incident(tx: Connection, caller: Principal, ticket_id: UUID, new: NewAnswer) -> Outcome:
    """Order an answer to an incident and to whatever hangs on it now; `answer_next` works it off.

    Raises TicketNotFound, TimeNotPossible, EntryFieldWrong, NotAnIncident.
    """
    moment = now()
    locked(tx, ticket_id)
    if new.solution is not None and not new.close:
        raise EntryFieldWrong("A solution belongs to closing.", pointer="/solution")
    if tickets.children(tx, ticket_id).open == 0:
        raise NotAnIncident("Attach its tickets first; a ticket alone is answered in its timeline.")
    answer = IncidentAnswer(
        answer_id=new_id(),
        ticket_id=ticket_id,
        text=new.text,
        replied_at=past(new.replied_at, moment, "/replied_at") if new.replied_at else None,
        close=new.close,
        solution=new.solution,
        requested_by=caller.id,
        created_at=moment,
    )
    incidents.insert_answer(tx, answer)
    return Outcome(str(answer.answer_id), 202)


def answer_next(tx: Connection, limit: int) -> int:
    """Work off up to `limit` tickets that answers still have to get to; how many they were.

    The row of an answer and a ticket is settled with the entry that it makes, so that there is one, whoever dies when.
    """
    claimed = incidents.claim_waiting(tx, limit)
    answers = {answer_id: incidents.get(tx, answer_id) for answer_id in {answer_id for answer_id, _ in claimed}}
    for answer_id, ticket_id in claimed:
        answer, moment = answers[answer_id], now()
        assert answer is not None, "a foreign key says so"
        ticket = locked(tx, ticket_id)
        is_open = ticket.state != "done"
        if is_open:
            _answer(tx, answer, ticket, moment)
        incidents.settle(tx, answer_id, ticket_id, "answered" if is_open else "skipped", moment)
    return len(claimed)


def _answer(tx: Connection, answer: IncidentAnswer, ticket: Ticket, moment: datetime) -> None:
    caller = Principal(answer.requested_by, "agent", None)
    seen = answer.reply_seen(ticket)
    kind = "reply" if seen else "incident_answer"
    store(tx, caller, ticket, ticket, new_entry(ticket.ticket_id, kind, caller, moment, happened_at=seen,
                                                text=answer.text))  # fmt: skip
    if not answer.close:
        return
    before = locked(tx, ticket.ticket_id)
    solution = answer.solution or before.solution or answer.text
    after = model.moved(before, "done", caller.id, moment, solution=solution, reason=None)
    # Whose work it is stays as it was: answering an incident takes nobody's tickets.
    after = replace(after, assignee_agent_id=before.assignee_agent_id, version=before.version + 1)
    entry = new_entry(ticket.ticket_id, "transition", caller, moment, from_state=before.state, to_state="done")
    store(tx, caller, before, after, entry)
