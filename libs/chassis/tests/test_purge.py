"""What a worker forgets, and what it must not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from alembic.migration import MigrationContext
from alembic.operations import Operations
from gamedesk_chassis import schema
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.inbox import INBOX
from gamedesk_chassis.service import Service
from gamedesk_chassis.settings import ServiceSettings
from gamedesk_chassis.streams import JetStreamDeclaration, StreamDeclaration
from gamedesk_chassis.worker import _Worker
from sqlalchemy import insert, select


def test_the_inbox_remembers_as_long_as_the_streams_deliver(database: Database, database_url: str) -> None:
    with database.begin() as tx:
        schema.create_idempotency_keys_v1(Operations(MigrationContext.configure(tx)))
        for days in (13, 16):
            row = {"consumer": "x-s", "event_id": UUID(int=days), "received_at": now() - timedelta(days=days)}
            tx.execute(insert(INBOX).values(row))
    settings = ServiceSettings(database_url=database_url, jwks_file=Path("unused"), event_retention_days=1)
    stream = JetStreamDeclaration(stream=StreamDeclaration(name="S", subjects=["s.>"]))

    worker = _Worker(Service(name="s", package="sample_service"), settings, stream)
    worker._purge()
    worker._database.dispose()

    with database.begin() as tx:
        assert tx.execute(select(INBOX.c.event_id)).scalars().all() == [UUID(int=13)]
