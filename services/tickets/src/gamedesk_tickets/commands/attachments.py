"""Adding pictures to tickets and removing them (R9)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.commands.changes import locked, new_entry, store
from gamedesk_tickets.errors import AttachmentNotFound, PlayerErased, TicketNotFound, TooManyAttachments
from gamedesk_tickets.model.attachments import MAX_OF_A_TICKET, Attachment, NewAttachment
from gamedesk_tickets.model.tickets import Change, Ticket
from gamedesk_tickets.repository import attachments, tickets

_FIELD = "attachment"


def require_room(tx: Connection, ticket_id: UUID) -> None:
    """Whether a ticket takes another picture now. Raises TicketNotFound, PlayerErased, TooManyAttachments."""
    ticket = tickets.get(tx, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    _check_room(tx, ticket)


def _check_room(tx: Connection, ticket: Ticket) -> None:
    if ticket.player_erased:
        raise PlayerErased()
    if attachments.count(tx, ticket.ticket_id) >= MAX_OF_A_TICKET:
        raise TooManyAttachments(f"A ticket has at most {MAX_OF_A_TICKET}: remove one first.")


def add_attachment(tx: Connection, caller: Principal, ticket_id: UUID, new: NewAttachment) -> Outcome:
    """Add a picture that is in the store already; costs nobody who edits the ticket a conflict.

    Raises TicketNotFound, PlayerErased, TooManyAttachments.
    """
    ticket = locked(tx, ticket_id)
    _check_room(tx, ticket)
    moment = now()
    attachments.insert_attachment(
        tx, Attachment(**asdict(new), ticket_id=ticket_id, uploaded_by=caller.id, uploaded_at=moment)
    )
    change = Change(_FIELD, None, str(new.attachment_id))
    store(tx, caller, ticket, ticket, new_entry(ticket_id, "attachment", caller, moment, changes=(change,)))
    return Outcome(str(new.attachment_id))


def remove_attachment(tx: Connection, caller: Principal, attachment_id: UUID) -> None:
    """Take a picture away, for whoever uploaded it, leads and admins; its bytes go after the commit.

    Raises AttachmentNotFound, NotAllowed.
    """
    known = attachments.get(tx, attachment_id)
    if known is None or known.removed_at is not None:
        raise AttachmentNotFound()
    if caller.role == "agent" and known.uploaded_by != caller.id:
        raise NotAllowed("A picture is removed by whoever added it, or by a lead.")
    ticket = locked(tx, known.ticket_id)
    moment = now()
    if attachments.remove(tx, [attachment_id], caller.id, moment) == 0:
        raise AttachmentNotFound()  # somebody else was quicker
    change = Change(_FIELD, str(attachment_id), None)
    store(tx, caller, ticket, ticket, new_entry(known.ticket_id, "attachment", caller, moment, changes=(change,)))
