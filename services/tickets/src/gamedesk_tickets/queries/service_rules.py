"""The rules of service, and what they were before."""

from __future__ import annotations

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_tickets.model.service_rules import Rules
from gamedesk_tickets.repository import service_rules


def get_service_rules(tx: Connection) -> Rules:
    return service_rules.current(tx)


def list_service_rules(tx: Connection, cursor: str | None, limit: int) -> tuple[list[Rules], str | None]:
    """The newest first."""
    before = decode_cursor(cursor, [int])
    found = service_rules.revisions_page(tx, before[0] if before else None, limit + 1)
    return page(found, limit, lambda rules: [rules.revision])
