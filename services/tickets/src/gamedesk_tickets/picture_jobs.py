"""What the worker does about pictures: deletes the bytes of removed ones, and those that never got a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database

from gamedesk_tickets.repository import attachments
from gamedesk_tickets.storage import Storage

log = structlog.get_logger(__name__)

_AT_ONCE = 20
_ROUNDS = 5  # of one turn: a worker that is to stop finishes its turn first
# An upload whose picture is in the store and whose row is not committed yet is younger than this.
_SPARED = timedelta(hours=1)
# More without a ticket than these, in all and as a share of the store, are rather the sign of a wrong database.
_FEW = 20
_MOST_SHARE = 0.02
_MOST = 10_000  # and than fit into a megabyte or two of memory


def delete_removed(database: Database, storage: Storage) -> None:
    """Delete the bytes of removed pictures; what the store does not delete now stays for the next turn."""
    for _ in range(_ROUNDS):
        found = database.transact(attachments.claim_removals, _AT_ONCE)
        if not found:
            return
        for attachment_id in found:
            storage.delete(attachment_id)
            database.transact(attachments.end_removal, attachment_id)


def sweep(database: Database, storage: Storage, *, however_many: bool = False) -> int:
    """Delete what is in the store without a ticket that has it, of uploads that failed half-way; how many there were.

    A database that is empty, another installation's or not put back yet knows no picture of this store. Nothing is
    therefore touched that is older than the oldest row or newer than the newest (ids tell the time); and nothing at
    all, with an error in the log, if it were more than a few, unless an operator says `however_many`. What is deleted
    is what was counted, less what has got its row since.
    """
    found = _orphans(database, storage)
    # An operator's are deleted as they are found, some hundred at a time; others wait in memory for the decision.
    doomed = (orphans for _, orphans in found) if however_many else _few(found)
    if doomed is None:
        return 0
    count = sum(_delete(database, storage, orphans) for orphans in doomed)
    log.info("pictures_swept", count=count)
    return count


def _few(found: Iterator[tuple[set[UUID], set[UUID]]]) -> list[set[UUID]] | None:
    """All orphans, None if they are more than a few."""
    count, pictures = 0, 0
    kept: list[set[UUID]] = []
    for ids, orphans in found:
        pictures += len(ids)
        count += len(orphans)
        if orphans and count <= _MOST:  # with more than that, none is deleted
            kept.append(orphans)
    if count > min(_MOST, max(_FEW, pictures * _MOST_SHARE)):
        log.error("pictures_not_swept", count=count, pictures=pictures)
        return None
    return kept


def _delete(database: Database, storage: Storage, orphans: set[UUID]) -> int:
    deleted = orphans - database.transact(attachments.kept_among, orphans) if orphans else orphans
    for attachment_id in deleted:
        storage.delete(attachment_id)
    return len(deleted)


def _orphans(database: Database, storage: Storage) -> Iterator[tuple[set[UUID], set[UUID]]]:
    """What is in the store, and what of it no ticket has, some hundred at a time; newer than no row of now."""
    of_rows = database.transact(attachments.oldest_and_newest)
    if of_rows is None:
        return
    oldest, newest = of_rows
    for found in storage.older_than(now() - _SPARED):
        asked = {attachment_id for attachment_id in found if oldest < attachment_id < newest}
        yield found, asked - database.transact(attachments.kept_among, asked)
