"""Bytes of pictures that no ticket has any more (R9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets import picture_jobs, storage
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage
from sqlalchemy import text
from structlog.testing import capture_logs

from .conftest import NewTicket
from .test_attachments import (
    ROW,
    added,
    path_of,
    put_orphan,
)


def test_bytes_that_could_not_be_deleted_are_deleted_later(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent.request("DELETE", path_of(added(agent, new_ticket())))

    def down(*_: Any) -> None:
        raise storage.StorageUnavailable()

    with monkeypatch.context() as while_down:
        while_down.setattr(Storage, "delete", down)
        with pytest.raises(storage.StorageUnavailable):
            picture_jobs.delete_removed(database, Storage(settings))
    with database.begin() as tx:
        tx.execute(text("UPDATE attachment_removals SET leased_until = now()"))
    picture_jobs.delete_removed(database, Storage(settings))

    assert kept_pictures() == set()


def test_pictures_that_no_ticket_has_are_swept_once_they_are_old(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = UUID(added(agent, new_ticket())["attachment_id"])
    store, orphan = Storage(settings), put_orphan(settings)
    last = UUID(added(agent, new_ticket())["attachment_id"])

    assert picture_jobs.sweep(database, store) == 0
    assert kept_pictures() == {first, orphan, last}, "an upload may be under way"

    monkeypatch.setattr(picture_jobs, "_SPARED", timedelta(seconds=-60))
    assert picture_jobs.sweep(database, store) == 1
    assert kept_pictures() == {first, last}


def test_a_database_that_knows_nothing_of_the_pictures_deletes_none_of_them(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_jobs, "_SPARED", timedelta(seconds=-60))
    store, before = Storage(settings), put_orphan(settings)
    first, last = (UUID(added(agent, new_ticket())["attachment_id"]) for _ in range(2))
    after = put_orphan(settings)

    picture_jobs.sweep(database, store)
    assert kept_pictures() == {before, first, last, after}, "from before or after what this database knows"
    with database.begin() as tx:
        tx.execute(text("TRUNCATE tickets CASCADE"))
    assert picture_jobs.sweep(database, store, however_many=True) == 0
    assert kept_pictures() == {before, first, last, after}


def test_more_than_a_few_pictures_are_deleted_by_an_operator_alone(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_jobs, "_SPARED", timedelta(seconds=-60))
    monkeypatch.setattr(picture_jobs, "_FEW", 2)
    first = UUID(added(agent, new_ticket())["attachment_id"])
    store, orphans = Storage(settings), {put_orphan(settings) for _ in range(3)}
    last = UUID(added(agent, new_ticket())["attachment_id"])

    with capture_logs() as logs:
        monkeypatch.setattr(picture_jobs, "log", structlog.get_logger())
        assert picture_jobs.sweep(database, store) == 0
    assert [(line["event"], line["log_level"], line["count"]) for line in logs] == [("pictures_not_swept", "error", 3)]
    assert kept_pictures() == {first, last, *orphans}

    assert picture_jobs.sweep(database, store, however_many=True) == 3
    assert kept_pictures() == {first, last}


def test_what_becomes_known_while_the_store_is_read_deletes_no_more__R9(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An older database was put back: what it lost is newer than all it knows, until somebody adds a picture."""
    monkeypatch.setattr(picture_jobs, "_SPARED", timedelta(seconds=-60))
    monkeypatch.setattr(picture_jobs, "_FEW", 2)
    ticket = new_ticket()
    first = UUID(added(agent, ticket)["attachment_id"])
    store, orphan, kept = Storage(settings), put_orphan(settings), put_orphan(settings)
    last = UUID(added(agent, ticket)["attachment_id"])
    lost = {put_orphan(settings) for _ in range(4)}
    listed, later = store.older_than, set[UUID]()

    def older_than(moment: datetime) -> Iterator[set[UUID]]:
        yield from listed(moment)
        if not later:
            with database.begin() as tx:
                tx.execute(text(ROW), {"id": kept, "ticket": ticket["ticket_id"]})
            later.add(UUID(added(agent, ticket)["attachment_id"]))

    monkeypatch.setattr(store, "older_than", older_than)

    assert picture_jobs.sweep(database, store) == 1
    assert kept_pictures() == {first, kept, last, *lost, *later}
    assert orphan not in kept_pictures()


def test_more_than_fit_into_memory_are_an_operators_too(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_jobs, "_SPARED", timedelta(seconds=-60))
    monkeypatch.setattr(picture_jobs, "_MOST", 2)
    first = UUID(added(agent, new_ticket())["attachment_id"])
    store, orphans = Storage(settings), {put_orphan(settings) for _ in range(3)}
    last = UUID(added(agent, new_ticket())["attachment_id"])

    assert picture_jobs.sweep(database, store) == 0
    assert kept_pictures() == {first, last, *orphans}
    assert picture_jobs.sweep(database, store, however_many=True) == 3
    assert kept_pictures() == {first, last}


def test_pictures_are_not_swept_as_soon_as_a_worker_starts(settings: Settings, database: Database) -> None:
    (job,) = [job for job in SERVICE.jobs(settings, database) if job.name == "sweep_pictures"]

    assert job.leader_only
    assert job.first_after_seconds >= 3600
