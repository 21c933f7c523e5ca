"""Imports of players and their rows, for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players.errors import ImportNotFound
from gamedesk_players.model.imports import Import, ImportRow
from gamedesk_players.repository import imports


@dataclass(frozen=True)
class ImportPage:
    imports: list[Import]
    next_cursor: str | None


@dataclass(frozen=True)
class RowPage:
    rows: list[ImportRow]
    next_cursor: str | None


def get_import(tx: Connection, caller: Principal, import_id: UUID) -> Import:
    """Raises ImportNotFound, also for an import that is not the caller's to see."""
    return visible(caller, imports.get(tx, import_id))


def visible(caller: Principal, found: Import | None) -> Import:
    """Only the importer, leads and admins see an import."""
    if found is None or (found.created_by != caller.id and not caller.is_lead):
        raise ImportNotFound()
    return found


def list_imports(tx: Connection, caller: Principal, cursor: str | None, limit: int) -> ImportPage:
    before = decode_cursor(cursor, [UUID])
    created_by = None if caller.is_lead else caller.id
    found = imports.list_page(tx, created_by, before[0] if before else None, limit + 1)
    return ImportPage(*page(found, limit, lambda one: [one.import_id]))


def list_rows(
    tx: Connection,
    caller: Principal,
    import_id: UUID,
    result: Sequence[str] | None,
    cursor: str | None,
    limit: int,
) -> RowPage:
    get_import(tx, caller, import_id)
    after = decode_cursor(cursor, [int])
    found = imports.rows_page(tx, import_id, result, after[0] if after else None, limit + 1)
    return RowPage(*page(found, limit, lambda row: [row.row]))
