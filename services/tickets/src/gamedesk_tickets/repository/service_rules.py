"""Rules of service, by revision."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, Select, select
from sqlalchemy.dialects.postgresql import insert

from gamedesk_tickets.model.service_rules import NewRules, Rules, plain, rules_of
from gamedesk_tickets.tables import service_rules

# Revisions never change, so each is read once a process; by database, of which tests have many.
_read: WeakKeyDictionary[Engine, dict[int, Rules]] = WeakKeyDictionary()


def current(tx: Connection) -> Rules:
    """What counts for a cycle that opens now."""
    newest = select(service_rules.c.revision).order_by(service_rules.c.revision.desc()).limit(1)
    return of_revision(tx, tx.execute(newest).scalar_one())


def of_revision(tx: Connection, revision: int) -> Rules:
    """A revision that a ticket has kept: it exists."""
    known = _read.setdefault(tx.engine, {})
    if revision not in known:
        query = select(service_rules).where(service_rules.c.revision == revision)
        known[revision] = _rules(tx.execute(query).one())
    return known[revision]


def add(tx: Connection, revision: int, new: NewRules, created_by: str, created_at: datetime) -> bool:
    """Save `new` as this revision; False if somebody has saved it meanwhile."""
    values = {"revision": revision, **plain(new), "created_by": created_by, "created_at": created_at}
    saved = insert(service_rules).values(values).on_conflict_do_nothing().returning(service_rules.c.revision)
    return tx.execute(saved).first() is not None


def revisions_page(tx: Connection, before: int | None, limit: int) -> list[Rules]:
    """The newest first."""
    return [_rules(row) for row in tx.execute(page_query(before, limit))]


def page_query(before: int | None, limit: int) -> Select[Any]:
    query = select(service_rules).order_by(service_rules.c.revision.desc()).limit(limit)
    return query if before is None else query.where(service_rules.c.revision < before)


def _rules(row: Row[Any]) -> Rules:
    return Rules(**rules_of(row._asdict()), revision=row.revision, created_by=row.created_by, created_at=row.created_at)
