"""Taking out what was written about a player who asked for it. Numbers, times and who did what stay."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis import dead_letters
from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection

from gamedesk_tickets import events
from gamedesk_tickets.model.tickets import Entry, Ticket
from gamedesk_tickets.repository import attachments, copies, cycles, entries, incidents, tickets

_SYSTEM = "system"


def erase_player(tx: Connection, player_id: UUID, erased_by: str | None) -> None:
    """Blank the player's tickets, timeline and the answers to his incidents, remove his pictures, and close what is
    open without a figure of it.

    The copy of the player must say already that he is erased: who waits for one of these tickets then sees it. Doing
    it again changes nothing but what came back in between, out of a backup for instance.
    """
    agent_id = erased_by or _SYSTEM
    for ticket in tickets.lock_unerased(tx, player_id):
        _erase_ticket(tx, ticket, agent_id)
    entries.blank(tx, player_id)
    incidents.blank(tx, player_id, now())
    copies.blank_profiles(tx, player_id)
    dead_letters.drop(tx, player_id)


def _erase_ticket(tx: Connection, ticket: Ticket, agent_id: str) -> None:
    moment = now()
    blank = replace(
        ticket,
        title=None,
        detail="",
        solution="",
        form={},
        profile_id=None,
        server=None,
        version=ticket.version + 1,
        revision=ticket.revision + 1,
        updated_at=moment,
    )
    if ticket.state != "done":
        blank = replace(
            blank, state="done", done_at=moment, waiting_on="none", next_due_at=None, resolution_due_at=None,
            paused_since=None,
        )  # fmt: skip
        cycles.void(tx, ticket.ticket_id, ticket.cycle)  # earlier ones ended: they stay in their figures
    entries.insert_entry(
        tx,
        Entry(
            entry_id=new_id(),
            ticket_id=ticket.ticket_id,
            kind="erased",
            text=None,
            agent_id=agent_id,
            happened_at=moment,
            recorded_at=moment,
            from_state=ticket.state,
            to_state="done",
        ),
    )
    tickets.save(tx, blank)
    attachments.remove(
        tx, [kept.attachment_id for kept in attachments.of_ticket(tx, ticket.ticket_id)], agent_id, moment
    )
    events.ticket_updated(tx, blank, agent_id)
