"""`python -m gamedesk_tickets migrate | worker | republish | dead-letters | sweep-pictures`."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from gamedesk_chassis.cli import opened_database, service_cli
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned
from gamedesk_chassis.jobs import PeriodicJob
from gamedesk_chassis.service import Service
from gamedesk_chassis.settings import load
from sqlalchemy import Connection

from gamedesk_tickets import consumers, events, incident_jobs, picture_jobs, tables
from gamedesk_tickets.repository import tickets
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage

_PAGE = 500
_HOUR = 3600.0


def republish_tickets(tx: Connection, after: UUID | None) -> UUID | None:
    page = tickets.all_after(tx, after, _PAGE)
    for ticket in page:
        events.ticket_updated(tx, ticket, None, republication=True)
    return page[-1].ticket_id if page else None


def jobs(settings: Settings, database: Database) -> list[PeriodicJob]:
    storage = Storage(settings)
    sweep = partial(picture_jobs.sweep, database, storage)
    return [
        PeriodicJob("incident_answers", 0.5, partial(incident_jobs.answer_all, database)),
        PeriodicJob("delete_removed_pictures", 5, partial(picture_jobs.delete_removed, database, storage)),
        PeriodicJob("sweep_pictures", 6 * _HOUR, sweep, leader_only=True, first_after_seconds=_HOUR),
    ]


SERVICE = Service(
    name="tickets",
    package="gamedesk_tickets",
    settings=Settings,
    listeners=consumers.LISTENERS,
    owns=[Owned("ticket", republish_tickets, tables.tickets, version="revision")],
    jobs=jobs,
)
cli = service_cli(SERVICE)


@cli.command("sweep-pictures")
def _sweep_pictures(
    however_many: Annotated[bool, typer.Option(help="also more than the worker would by itself")] = False,
) -> None:
    """Delete the pictures in the store that no ticket has, as the worker does every six hours."""
    with opened_database(SERVICE) as database:
        count = picture_jobs.sweep(database, Storage(load(Settings)), however_many=however_many)
    typer.echo(f"{count} deleted")


if __name__ == "__main__":
    cli()
