"""Telling open pages what speaks against a pitch (B3): they hear of a ticket before sales does."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.model.sell_safe import OpenTicket
from gamedesk_sales.repository import contact_rules, copies


def tell_pages(
    tx: Connection,
    player_id: UUID,
    ticket_id: UUID,
    before: OpenTicket | None,
    after: OpenTicket | None,
    *,
    always: bool = False,
) -> None:
    """Publish if a pitch says something else about a ticket, which was `before` and is `after`; None: done, or unknown.

    `always`: whatever it says, because what it said before is not known.
    """
    if not always:
        if before == after:
            return
        warning = contact_rules.current(tx).warning_categories
        if not any(ticket.category in warning for ticket in (before, after) if ticket):
            return
    person = copies.find_player(tx, player_id)
    events.sell_safe_changed(tx, person.player_id if person else player_id, ticket_id)
