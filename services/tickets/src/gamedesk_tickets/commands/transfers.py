"""Handing tickets over, several at once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.commands.changes import new_entry, require_active, store
from gamedesk_tickets.model.tickets import Ticket
from gamedesk_tickets.model.transfers import Fate, FateName, NewTransfer, Transfer
from gamedesk_tickets.repository import tickets, transfers


def transfer_tickets(tx: Connection, caller: Principal, new: NewTransfer) -> Outcome:
    """Assign tickets explicitly, which stays whoever owns their players; those changed meanwhile stay as they are.

    Raises UnknownAssignee, ReferenceNotYetKnown.
    """
    require_active(tx, new.to_agent_id, "/to_agent_id")
    found = {ticket.ticket_id: ticket for ticket in tickets.lock_many(tx, [ticket_id for ticket_id, _ in new.tickets])}
    fates: dict[UUID, Fate] = {}
    for ticket_id, version in new.tickets:
        if ticket_id in fates:  # named twice
            continue
        ticket = found.get(ticket_id)
        fates[ticket_id] = Fate(ticket_id, _fate(ticket, version, new.to_agent_id))
        if ticket is not None and fates[ticket_id].fate == "moved":
            _transfer(tx, caller, ticket, new)
    transfer = Transfer(new_id(), new.to_agent_id, tuple(fates.values()), caller.id, now())
    transfers.insert_transfer(tx, transfer)
    return Outcome(str(transfer.transfer_id), 200)


def _fate(ticket: Ticket | None, version: int, to_agent_id: str | None) -> FateName:
    if ticket is None:
        return "not_found"
    if ticket.player_erased:
        return "erased"
    if ticket.version != version:
        return "stale"
    return "unchanged" if ticket.assignee_agent_id == to_agent_id else "moved"


def _transfer(tx: Connection, caller: Principal, ticket: Ticket, new: NewTransfer) -> None:
    after = replace(ticket, assignee_agent_id=new.to_agent_id, version=ticket.version + 1)
    store(tx, caller, ticket, after, new_entry(ticket.ticket_id, "transfer", caller, now(), text=new.note))
