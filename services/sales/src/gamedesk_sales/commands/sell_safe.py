"""Telling open pages what speaks against a pitch (B3): they hear of a ticket before sales does."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.model.sell_safe import OpenTicket
from gamedesk_sales.repository import contact_rules, copies, pitch

Said = tuple[UUID, OpenTicket] | None


def what_is_said_of(tx: Connection, ticket_id: UUID, player_id: UUID) -> Said:
    """Before whose pitch a ticket warns, and with which words. `player_id`, whose it is to be, is locked, so that no
    other event of the ticket comes between this and `tell_pages`."""
    copies.lock_player(tx, player_id)
    return _said(tx, ticket_id)


def tell_pages(tx: Connection, ticket_id: UUID, before: Said) -> None:
    """Publish for each player whose pitch reads differently now."""
    now = _said(tx, ticket_id)
    if now == before:
        return
    for player_id in {said[0] for said in (before, now) if said}:
        person = copies.find_player(tx, player_id)
        events.sell_safe_changed(tx, person.player_id if person else player_id, ticket_id)


def _said(tx: Connection, ticket_id: UUID) -> Said:
    return pitch.open_ticket(tx, ticket_id, contact_rules.current(tx).warning_categories)
