"""Importing players from a spreadsheet: upload, check every row, then create (B11).

The worker goes through an import in chunks, one transaction each, so that it goes on where it was after a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import DomainError
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from gamedesk_chassis.text_search import key
from sqlalchemy import Connection

from gamedesk_players.commands.players import create_player
from gamedesk_players.errors import ImportNotClean, ImportNotReady, PlayerExists, TooManyImports
from gamedesk_players.model.imports import Import, ImportRow, SheetRow, keys_of, new_player
from gamedesk_players.model.profiles import Priority
from gamedesk_players.queries.imports import visible
from gamedesk_players.repository import agents, imports

ROWS_A_CHECK = 500
ROWS_A_RUN = 100
LEASE_SECONDS = 120.0
KEPT_FOR = timedelta(days=7)
MAX_ATTEMPTS = 5
_UNDER_WAY_AT_MOST = 5
_CHECKED_AT_MOST = 10
_PURGED_AT_ONCE = 5_000
_COUNTERS = {"good": "good", "bad": "bad", "duplicate": "duplicates", "created": "created", "failed": "failed"}


@dataclass(frozen=True)
class Work:
    """An import in the hands of this worker until `leased_until`; `attempts` counts how often it was begun since
    its last rows were settled."""

    import_id: UUID
    state: str
    created_by: str
    run_by: str | None
    checked: int
    leased_until: datetime
    attempts: int


def start_import(tx: Connection, caller: Principal, file_name: str, content: bytes) -> Outcome:
    """Keep the file for the worker; of the caller's imports that were checked and not run, the newest stay.

    Raises TooManyImports.
    """
    if imports.under_way(tx, caller.id) >= _UNDER_WAY_AT_MOST:
        raise TooManyImports()
    _keep_newest(tx, caller.id, _CHECKED_AT_MOST - 1)
    moment = now()
    new = Import(
        import_id=new_id(),
        file_name=file_name,
        state="checking",
        mode=None,
        total=None,
        **dict.fromkeys(("checked", "good", "bad", "duplicates", "created", "failed"), 0),
        columns=[],
        problem=None,
        created_by=caller.id,
        run_by=None,
        created_at=moment,
        updated_at=moment,
    )
    imports.insert_import(tx, new, content)
    return Outcome(str(new.import_id), 202)


def run_import(tx: Connection, caller: Principal, import_id: UUID, mode: Literal["all", "good"]) -> Outcome:
    """Have the good rows created; `all` only if all are good.

    Raises ImportNotFound, ImportNotReady (it is being checked, or was run), ImportNotClean.
    """
    found = visible(tx, caller, imports.lock(tx, import_id))
    if found.state != "checked":
        raise ImportNotReady("Wait until it is checked; each import is run once.", state=found.state)
    if found.good == 0 or (mode == "all" and found.good != found.total):
        raise ImportNotClean("Mend the file and import it again.", bad=found.bad, duplicates=found.duplicates)
    imports.save(tx, import_id, state="running", mode=mode, run_by=caller.id, attempts=0)
    return Outcome(str(import_id), 202)


def claim_import(tx: Connection) -> Work | None:
    row = imports.claim(tx, LEASE_SECONDS)
    if row is None:
        return None
    return Work(**{name: row._mapping[name] for name in Work.__dataclass_fields__})


def begin_check(tx: Connection, work: Work, total: int, columns: Sequence[tuple[str, str | None]]) -> Work | None:
    """Note how large the sheet is. None if the lease was lost, here and below."""
    return _proceed(tx, work, total=total, columns=[list(column) for column in columns])


def check_rows(tx: Connection, work: Work, rows: Sequence[SheetRow]) -> Work | None:
    """Keep these rows with what is to be said of each; nothing is created."""
    if not imports.hold(tx, work.import_id, work.leased_until):
        return None
    read = [(row, *new_player(row.values, work.created_by)) for row in rows]
    new = [player for _, player, _ in read if player is not None]
    phones = imports.holders_of_phones(tx, {player.phone for player in new})
    wechat_ids = imports.holders_of_wechat_ids(tx, {player.wechat_id for player in new if player.wechat_id})
    owners = [row.values.get("owner_agent_id") or work.created_by for row in rows]
    active = imports.active_agents(tx, set(owners))
    checked: list[ImportRow] = []
    for (row, player, problems), owner in zip(read, owners, strict=True):
        if owner not in active and all(problem["column"] != "owner_agent_id" for problem in problems):
            problems = [*problems, _problem("owner_agent_id", "unknown-owner", "Name an active agent.")]
        holder = None
        if player is not None:
            holder = phones.get(player.phone) or wechat_ids.get(key(player.wechat_id or ""))
        keys = keys_of(row.values)
        is_duplicate = holder is not None or row.duplicate_of_row is not None
        result = "bad" if problems else "duplicate" if is_duplicate else "good"
        checked.append(ImportRow(row.row, row.values, result, problems, holder, row.duplicate_of_row, None, *keys))
    imports.add_rows(tx, work.import_id, checked)
    return _proceed(tx, work, checked=work.checked + len(rows), attempts=0, **_counts(tx, work, checked))


def end_check(tx: Connection, work: Work) -> None:
    if imports.hold(tx, work.import_id, work.leased_until):
        imports.save(tx, work.import_id, state="checked", content=None, leased_until=None)
        _keep_newest(tx, work.created_by, _CHECKED_AT_MOST)


def create_rows(tx: Connection, work: Work, game_ids: Sequence[str]) -> Work | None:
    """Create the players of the next good rows; None when there are none left, and the import is done.

    A row that clashes with what was made since it was checked is reported, the others go on.
    """
    if not imports.hold(tx, work.import_id, work.leased_until):
        return None
    # Held before phones are claimed: an erasure has removed his row, or finds the player that it made.
    rows = imports.hold_rows(tx, work.import_id, "good", ROWS_A_RUN)
    if not rows:
        imports.save(tx, work.import_id, state="done", leased_until=None)
        return None
    caller = Principal(work.run_by or work.created_by, "agent", None)
    settled = [_create(tx, caller, work, row, game_ids) for row in rows]
    for row in settled:
        imports.save_row(tx, work.import_id, row)
    return _proceed(tx, work, attempts=0, **_counts(tx, work, settled))


def release(tx: Connection, work: Work) -> None:
    """Let the other imports have their turn first."""
    if imports.hold(tx, work.import_id, work.leased_until):
        imports.save(tx, work.import_id, leased_until=None)


def fail_import(tx: Connection, work: Work, rule: str, message: str) -> None:
    """End an import that cannot be read or run."""
    if imports.hold(tx, work.import_id, work.leased_until):
        imports.save(tx, work.import_id, content=None, leased_until=None, **_ended(rule, message))


def purge_imports(tx: Connection) -> int:
    """Forget the rows and the file names of old imports and of those that are never going to be run; returns
    how many rows went, at most 5,000."""
    before = now() - KEPT_FOR
    imports.close_before(tx, before, _ended("expired", "It was not run in time; import the file again."))
    imports.forget_file_names(tx, before)
    return imports.purge_rows(tx, before, _PURGED_AT_ONCE)


def _keep_newest(tx: Connection, created_by: str, kept: int) -> None:
    agents.lock(tx, created_by)  # so that checks that end at the same time count each other
    message = "You have checked newer ones since; import the file again."
    imports.close_older(tx, created_by, kept, _ended("replaced", message))


def _ended(rule: str, message: str) -> dict[str, Any]:
    return {"state": "failed", "problem": {"rule": rule, "message": message}}


def _create(tx: Connection, caller: Principal, work: Work, row: ImportRow, game_ids: Sequence[str]) -> ImportRow:
    player, problems = new_player(row.values, work.created_by)
    if player is None:  # a rule became stricter since
        return replace(row, result="failed", problems=problems)
    try:
        with tx.begin_nested():
            created = create_player(tx, caller, player, game_ids, Priority.BACKGROUND)
    except PlayerExists as clash:
        existing = UUID(clash.extra["existing_player_id"])
        return replace(row, result="failed", problems=[_of_error(clash)], existing_player_id=existing)
    except DomainError as error:
        return replace(row, result="failed", problems=[_of_error(error)])
    return replace(row, result="created", player_id=UUID(created.resource_id))


def _of_error(error: DomainError) -> dict[str, str]:
    return _problem((error.pointer or "").strip("/"), error.slug, error.detail or error.title)


def _problem(column: str, rule: str, message: str) -> dict[str, str]:
    return {"column": column, "rule": rule, "message": message}


def _counts(tx: Connection, work: Work, rows: Sequence[ImportRow]) -> Mapping[str, Any]:
    """The counters of the import with these rows added."""
    found = imports.get(tx, work.import_id)
    assert found
    added = Counter(_COUNTERS[row.result] for row in rows)
    return {name: getattr(found, name) + count for name, count in added.items()}


def _proceed(tx: Connection, work: Work, **values: Any) -> Work | None:
    if not imports.hold(tx, work.import_id, work.leased_until):
        return None
    imports.save(tx, work.import_id, **values)
    until = imports.prolong(tx, work.import_id, LEASE_SECONDS)
    return replace(work, leased_until=until, checked=values.get("checked", work.checked))
