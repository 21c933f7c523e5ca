"""A ticket for each order that was paid and not delivered in time (B7)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets import events
from gamedesk_tickets.commands.changes import new_entry, store
from gamedesk_tickets.commands.clocks import first_cycle
from gamedesk_tickets.model import clocks
from gamedesk_tickets.model.deliveries import CATEGORY, OverdueDelivery
from gamedesk_tickets.model.tickets import Ticket
from gamedesk_tickets.repository import copies, cycles, delivery_tickets, entries, tickets

_SYSTEM = Principal("system", "admin", None)


def follow_delivery(tx: Connection, delivery: OverdueDelivery, version: int) -> None:
    """Open the order's only ticket while the delivery is owed; say in it when it is not any more, and again if that
    turns out otherwise: what was refunded in doubt may be found delivered. Doing it again, or after something newer,
    changes nothing."""
    known = delivery_tickets.lock(tx, delivery.order_id)
    if known.version >= version:
        return
    ticket_id, told = known.ticket_id, None if delivery.owed else delivery.state
    if ticket_id is None and delivery.owed:
        ticket_id = _open(tx, delivery)
    elif ticket_id is not None and told not in (None, known.told):
        _say_settled(tx, ticket_id, delivery)
    delivery_tickets.save(tx, delivery.order_id, version, ticket_id=ticket_id, told=told)


def _open(tx: Connection, delivery: OverdueDelivery) -> UUID | None:
    """His owner's work, as nobody is assigned. No ticket for who was erased: nothing is recorded about him."""
    moment = now()
    player = copies.lock_player(tx, delivery.player_id)
    if player is not None and player.erased:
        return None
    asked_at = min(delivery.overdue_since, moment)
    ticket = Ticket(
        ticket_id=new_id(),
        number=tickets.next_number(tx),
        player_id=player.player_id if player else delivery.player_id,
        state="pending",
        title=delivery.title,
        detail=delivery.detail,
        solution=None,
        category=CATEGORY,
        priority="high",
        waiting_on="none",
        assignee_agent_id=None,
        reopens_ticket_id=None,
        created_by=_SYSTEM.id,
        asked_at=asked_at,
        first_replied_at=None,
        done_at=None,
        version=1,
        revision=1,
        created_at=moment,
        updated_at=moment,
        game_id=delivery.game_id,
    )
    cycle = first_cycle(tx, ticket)
    ticket = clocks.shown_by(ticket, cycle)
    tickets.insert_ticket(tx, ticket)
    cycles.insert_cycle(tx, cycle)
    entries.insert_entry(tx, new_entry(ticket.ticket_id, "created", _SYSTEM, moment, happened_at=asked_at))
    events.ticket_updated(tx, ticket, _SYSTEM.id)
    return ticket.ticket_id


def _say_settled(tx: Connection, ticket_id: UUID, delivery: OverdueDelivery) -> None:
    """As a note: whether the player knows it, and the ticket is done, is his agent's to say."""
    ticket = tickets.lock(tx, ticket_id)
    if ticket is None or ticket.player_erased:
        return
    entry = new_entry(ticket_id, "note", _SYSTEM, now(), text=delivery.settled_text)
    store(tx, _SYSTEM, ticket, replace(ticket), entry)
