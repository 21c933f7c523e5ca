"""What the worker does about pictures: deletes the bytes of removed ones, and those that never got a row."""

from __future__ import annotations

from datetime import timedelta

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database

from gamedesk_tickets.repository import attachments
from gamedesk_tickets.storage import Storage

log = structlog.get_logger(__name__)

_AT_ONCE = 20
# An upload whose picture is in the store and whose row is not committed yet is younger than this.
_SPARED = timedelta(hours=1)


def delete_removed(database: Database, storage: Storage) -> None:
    """Delete the bytes of removed pictures; what the store does not delete now stays for the next turn."""
    while found := database.transact(attachments.claim_removals, _AT_ONCE):
        for attachment_id in found:
            storage.delete(attachment_id)
            database.transact(attachments.end_removal, attachment_id)


def sweep(database: Database, storage: Storage) -> None:
    """Delete what is in the store without a ticket that has it: of uploads that failed half-way, or of a time after
    the backup that was put back."""
    for found in storage.older_than(now() - _SPARED):
        orphans = found - database.transact(attachments.kept_among, found)
        for attachment_id in orphans:
            storage.delete(attachment_id)
        if orphans:
            log.info("pictures_swept", count=len(orphans))
