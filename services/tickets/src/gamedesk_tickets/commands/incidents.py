"""One incident hitting many players: tickets that hang on one, and an answer that goes to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection, Row

from gamedesk_tickets.commands.changes import locked, new_entry, past, store
from gamedesk_tickets.errors import EntryFieldWrong, NotAnIncident, NotAttachable, PlayerErased, TicketNotFound
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.incidents import IncidentAnswer, NewAnswer
from gamedesk_tickets.model.tickets import Change, Ticket
from gamedesk_tickets.repository import incidents, tickets


def attach_children(tx: Connection, caller: Principal, ticket_id: UUID, child_ids: Sequence[UUID]) -> None:
    """Hang tickets on an incident; those that hang on it already stay. Costs nobody who edits them a conflict.

    Raises TicketNotFound, PlayerErased (of the incident), NotAttachable (then none is attached).
    """
    found = {ticket.ticket_id: ticket for ticket in tickets.lock_many(tx, [ticket_id, *child_ids])}
    parent = found.get(ticket_id)
    if parent is None:
        raise TicketNotFound()
    if parent.player_erased:
        raise PlayerErased()
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
    if child.player_erased and child.parent_ticket_id is None:
        return "What was known of its player was erased on request."
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
    """Order an answer to an incident and to whatever hangs on it now; `answer_ticket` works it off.

    Raises TicketNotFound, PlayerErased, TimeNotPossible, EntryFieldWrong, NotAnIncident.
    """
    moment = now()
    if locked(tx, ticket_id).player_erased:
        raise PlayerErased()
    if new.solution is not None and not new.close:
        raise EntryFieldWrong("A solution belongs to closing.", pointer="/solution")
    if not tickets.has_open_child(tx, ticket_id):
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


def answer_ticket(tx: Connection, claimed: Row[Any]) -> None:
    """Get an answer to one ticket (a row of `incidents.claim_waiting`), unless it is done or its player erased.

    The row is settled with the entry that it makes, so that there is one, whoever dies when. The ticket is locked
    first, as whoever erases its player does.
    """
    ticket, moment = locked(tx, claimed.ticket_id), now()
    wanted = ticket.state != "done" and not ticket.player_erased
    if not incidents.settle(tx, claimed, "answered" if wanted else "skipped", moment):
        return  # the incident's player was erased meanwhile, or another worker was quicker
    answer = incidents.get(tx, claimed.answer_id)
    assert answer is not None, "a foreign key says so"
    if wanted:
        _answer(tx, answer, ticket, moment)


def give_up(tx: Connection, claimed: Row[Any]) -> None:
    """Say of a ticket that an answer cannot get to it."""
    incidents.settle(tx, claimed, "failed", now())


def _answer(tx: Connection, answer: IncidentAnswer, ticket: Ticket, moment: datetime) -> None:
    caller = Principal(answer.requested_by, "agent", None)
    seen = answer.reply_seen(ticket)
    kind = "reply" if seen else "incident_answer"
    entry = new_entry(ticket.ticket_id, kind, caller, moment, happened_at=seen, text=answer.text)
    store(tx, caller, ticket, ticket, entry, overrides=False)  # whose first response it is stays as it was
    if not answer.close:
        return
    before = locked(tx, ticket.ticket_id)
    solution = answer.solution or before.solution or answer.text
    after = model.moved(before, "done", caller.id, moment, solution=solution, reason=None)
    # Whose work it is stays as it was: answering an incident takes nobody's tickets.
    after = replace(after, assignee_agent_id=before.assignee_agent_id, version=before.version + 1)
    entry = new_entry(ticket.ticket_id, "transition", caller, moment, from_state=before.state, to_state="done")
    store(tx, caller, before, after, entry)
