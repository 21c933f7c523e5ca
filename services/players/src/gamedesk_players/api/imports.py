"""Importing players from spreadsheets (B11)."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.web import Answer, answer, create_once, raw_answer

from gamedesk_players import spreadsheets
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import imports
from gamedesk_players.queries import imports as queries
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.views import imports as views

_template = cache(views.template)


def import_players(body: bytes, file_name: str) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: imports.start_import(tx, caller, file_name, body),
    )
    return _import_answer(UUID(outcome.resource_id), outcome.status)


def list_player_imports(limit: int = 50, cursor: str | None = None) -> Answer:
    found = resources().database.read(queries.list_imports, current_principal(), cursor, limit)
    return answer({"items": [views.shown(one) for one in found.imports], "next_cursor": found.next_cursor})


def get_player_import(import_id: str) -> Answer:
    return _import_answer(UUID(import_id))


def list_player_import_rows(
    import_id: str, result: list[str] | None = None, limit: int = 50, cursor: str | None = None
) -> Answer:
    r, caller = resources(), current_principal()
    found = r.database.read(queries.list_rows, caller, UUID(import_id), result, cursor, limit)
    return answer({"items": views.shown_rows(found), "next_cursor": found.next_cursor})


def run_player_import(import_id: str, body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: imports.run_import(tx, caller, UUID(import_id), body["mode"]),
    )
    return _import_answer(UUID(outcome.resource_id), outcome.status)


def get_player_import_template() -> Answer:
    name = {"Content-Disposition": 'attachment; filename="players.xlsx"'}
    return raw_answer(_template(), spreadsheets.XLSX, name)


def _import_answer(import_id: UUID, status: int = 200) -> Answer:
    found = resources().database.read(queries.get_import, current_principal(), import_id)
    return answer(views.shown(found), status)
