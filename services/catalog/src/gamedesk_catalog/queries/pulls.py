"""How far a pull is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_catalog.errors import PullNotFound
from gamedesk_catalog.model.pulls import Pull
from gamedesk_catalog.repository import pulls


def get_pull(tx: Connection, pull_id: UUID) -> Pull:
    pull = pulls.get(tx, pull_id)
    if pull is None:
        raise PullNotFound()
    return pull
