"""What a service states about itself, once; commands, worker and migrations all follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table

from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned, difference_table, digest_type
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import RepublishPage
from gamedesk_chassis.inbox import dead_letter_table, inbox_table
from gamedesk_chassis.jobs import PeriodicJob
from gamedesk_chassis.outbox import outbox_table
from gamedesk_chassis.relay import relay_mark_table
from gamedesk_chassis.settings import ServiceSettings

# Applies one event inside the consumer's transaction. Whatever it raises, unless it is a passing trouble of the
# database, sends the event to the dead letters.
Handler = Callable[[Connection, Event], None]


def _no_jobs(_settings: Any, _database: Database) -> Sequence[PeriodicJob]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Service:
    """`package` holds `migrations/` and `jetstream.yaml`; `listeners` maps the durable consumers named there to
    their handlers by event type; `owns` has one entry for each kind of aggregate that the service owns;
    `jobs` is called once, when the worker starts; events of the types `momentary` are of their moment alone, and are
    not said again when a stream was lost.
    """

    name: str
    package: str
    settings: type[ServiceSettings] = ServiceSettings
    listeners: Mapping[str, Mapping[str, Handler]] = field(default_factory=dict)
    owns: Sequence[Owned] = ()
    jobs: Callable[[Any, Database], Sequence[PeriodicJob]] = _no_jobs
    momentary: Sequence[str] = ()

    @property
    def republish(self) -> list[RepublishPage]:
        """What says again all that the service owns."""
        return [kind.page for kind in self.owns]

    @property
    def never_again(self) -> list[str]:
        """The types of events that are said once."""
        return [digest_type(self.name), *self.momentary]

    @property
    def migrations(self) -> Path:
        return Path(str(files(self.package))) / "migrations"

    @property
    def jetstream_file(self) -> Path:
        return Path(str(files(self.package))) / "jetstream.yaml"


def event_tables(metadata: MetaData) -> tuple[Table, ...]:
    """Add outbox, inbox, dead_letter, relay_mark and copy_difference to the service's metadata."""
    return (
        outbox_table(metadata),
        inbox_table(metadata),
        dead_letter_table(metadata),
        relay_mark_table(metadata),
        difference_table(metadata),
    )
