"""`python -m gamedesk_tickets migrate | worker | republish | dead-letters`."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.database import Database
from gamedesk_chassis.jobs import PeriodicJob
from gamedesk_chassis.service import Service
from sqlalchemy import Connection

from gamedesk_tickets import consumers, events, incident_jobs, picture_jobs
from gamedesk_tickets.repository import tickets
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage

_PAGE = 500


def republish_tickets(tx: Connection, after: UUID | None) -> UUID | None:
    page = tickets.all_after(tx, after, _PAGE)
    for ticket in page:
        events.ticket_updated(tx, ticket, None, republication=True)
    return page[-1].ticket_id if page else None


def jobs(settings: Settings, database: Database) -> list[PeriodicJob]:
    storage = Storage(settings)
    return [
        PeriodicJob("incident_answers", 0.5, partial(incident_jobs.answer_all, database)),
        PeriodicJob("delete_removed_pictures", 5, partial(picture_jobs.delete_removed, database, storage)),
        PeriodicJob("sweep_pictures", 6 * 3600, partial(picture_jobs.sweep, database, storage), leader_only=True),
    ]


SERVICE = Service(
    name="tickets",
    package="gamedesk_tickets",
    settings=Settings,
    listeners={"tickets-players": consumers.FROM_PLAYERS},
    republish=[republish_tickets],
    jobs=jobs,
)
cli = service_cli(SERVICE)

if __name__ == "__main__":
    cli()
