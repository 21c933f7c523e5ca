"""Imports of players and their rows, for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players.commands.access import may_act
from gamedesk_players.errors import ImportNotFound
from gamedesk_players.model.imports import Import, ImportRow
from gamedesk_players.repository import agents, imports


@dataclass(frozen=True)
class ImportPage:
    imports: list[Import]
    next_cursor: str | None


@dataclass(frozen=True)
class RowPage:
    """`masked`: contacts are not for the caller to see, who did not upload them. `owners`: existing player → whose he
    is; only `importer`'s own are named (decision 15)."""

    rows: list[ImportRow]
    masked: bool
    importer: str
    owners: Mapping[UUID, str]
    next_cursor: str | None


def get_import(tx: Connection, caller: Principal, import_id: UUID) -> Import:
    """Raises ImportNotFound, also for an import that is not the caller's to see."""
    return visible(tx, caller, imports.get(tx, import_id))


def visible(tx: Connection, caller: Principal, found: Import | None) -> Import:
    """Only the importer, leads of his team and admins see an import, or run it."""
    if found is None or not may_act(tx, caller, found.created_by):
        raise ImportNotFound()
    return found


def list_imports(tx: Connection, caller: Principal, cursor: str | None, limit: int) -> ImportPage:
    before = decode_cursor(cursor, [UUID])
    found = imports.list_page(tx, _importers(tx, caller), before[0] if before else None, limit + 1)
    return ImportPage(*page(found, limit, lambda one: [one.import_id]))


def list_rows(
    tx: Connection,
    caller: Principal,
    import_id: UUID,
    result: Sequence[str] | None,
    cursor: str | None,
    limit: int,
) -> RowPage:
    importer = get_import(tx, caller, import_id).created_by
    after = decode_cursor(cursor, [int])
    found = imports.rows_page(tx, import_id, result, after[0] if after else None, limit + 1)
    rows, next_cursor = page(found, limit, lambda row: [row.row])
    owners = imports.owners(tx, {row.existing_player_id for row in rows if row.existing_player_id})
    return RowPage(rows, importer != caller.id, importer, owners, next_cursor)


def _importers(tx: Connection, caller: Principal) -> set[str] | None:
    """Whose imports `caller` sees; None for everybody's."""
    if caller.role == "admin":
        return None
    team = agents.members_of(tx, caller.team) if caller.role == "lead" and caller.team is not None else set()
    return {caller.id, *team}
