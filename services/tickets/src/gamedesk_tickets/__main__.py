"""`python -m gamedesk_tickets migrate | worker | republish | dead-letters`."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.service import Service
from sqlalchemy import Connection

from gamedesk_tickets import consumers, events
from gamedesk_tickets.repository import tickets

_PAGE = 500


def republish_tickets(tx: Connection, after: UUID | None) -> UUID | None:
    page = tickets.all_after(tx, after, _PAGE)
    for ticket in page:
        events.ticket_updated(tx, ticket, None, republication=True)
    return page[-1].ticket_id if page else None


SERVICE = Service(
    name="tickets",
    package="gamedesk_tickets",
    listeners={"tickets-players": consumers.FROM_PLAYERS},
    republish=[republish_tickets],
)
cli = service_cli(SERVICE)

if __name__ == "__main__":
    cli()
