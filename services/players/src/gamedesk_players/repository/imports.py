"""Imports of players, their rows, and what a row may clash with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis import jobs
from gamedesk_chassis.clock import now
from gamedesk_chassis.text_search import key
from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, or_, select, tuple_, update

from gamedesk_players.model.imports import Import, ImportRow
from gamedesk_players.tables import (
    agents,
    player_import_rows,
    player_imports,
    player_phones,
    player_wechat_ids,
    players,
)

_IMPORT = [player_imports.c[name] for name in Import.__dataclass_fields__]
_ROW = [player_import_rows.c[name] for name in ImportRow.__dataclass_fields__]
_UNDER_WAY = player_imports.c.state.in_(["checking", "running"])


def insert_import(tx: Connection, found: Import, content: bytes) -> None:
    tx.execute(insert(player_imports).values(**asdict(found), content=content))


def get(tx: Connection, import_id: UUID) -> Import | None:
    row = tx.execute(select(*_IMPORT).where(player_imports.c.import_id == import_id)).one_or_none()
    return Import(**row._mapping) if row else None


def lock(tx: Connection, import_id: UUID) -> Import | None:
    """The import, which nobody else changes before this transaction ends."""
    query = select(*_IMPORT).where(player_imports.c.import_id == import_id).with_for_update()
    row = tx.execute(query).one_or_none()
    return Import(**row._mapping) if row else None


def content_of(tx: Connection, import_id: UUID) -> bytes | None:
    return tx.execute(select(player_imports.c.content).where(player_imports.c.import_id == import_id)).scalar_one()


def list_page(tx: Connection, created_by: str | None, before: UUID | None, limit: int) -> list[Import]:
    """The newest first; of one agent, unless None."""
    query = select(*_IMPORT).order_by(player_imports.c.import_id.desc()).limit(limit)
    if created_by is not None:
        query = query.where(player_imports.c.created_by == created_by)
    if before is not None:
        query = query.where(player_imports.c.import_id < before)
    return [Import(**row._mapping) for row in tx.execute(query)]


def under_way(tx: Connection, created_by: str) -> int:
    """How many imports of this agent wait for the worker or are in its hands."""
    query = (
        select(func.count()).select_from(player_imports).where(_UNDER_WAY, player_imports.c.created_by == created_by)
    )
    return tx.execute(query).scalar_one()


def claim(tx: Connection, lease_seconds: float) -> Row[Any] | None:
    """Lease the oldest import with work to do; its `attempts` count how often it was begun."""
    columns = player_imports.c
    found = jobs.claim(
        tx, player_imports, _UNDER_WAY, limit=1, lease_seconds=lease_seconds, order_by=columns.import_id.asc()
    )
    return found[0] if found else None


def hold(tx: Connection, import_id: UUID, leased_until: datetime) -> bool:
    """Lock the import if the lease is still ours."""
    ours = player_imports.c.leased_until == leased_until
    query = select(player_imports.c.import_id).where(player_imports.c.import_id == import_id, ours)
    return tx.execute(query.with_for_update()).one_or_none() is not None


def prolong(tx: Connection, import_id: UUID, lease_seconds: float) -> datetime:
    until = now() + timedelta(seconds=lease_seconds)
    save(tx, import_id, leased_until=until)
    return until


def save(tx: Connection, import_id: UUID, **values: Any) -> None:
    changed = {"updated_at": now(), **values}
    tx.execute(update(player_imports).where(player_imports.c.import_id == import_id).values(**changed))


def add_rows(tx: Connection, import_id: UUID, rows: Iterable[ImportRow]) -> None:
    tx.execute(insert(player_import_rows), [{"import_id": import_id, **asdict(row)} for row in rows])


def save_row(tx: Connection, import_id: UUID, row: ImportRow) -> None:
    own = (player_import_rows.c.import_id == import_id, player_import_rows.c.row == row.row)
    tx.execute(update(player_import_rows).where(*own).values(**asdict(row)))


def rows_page(
    tx: Connection, import_id: UUID, result: Sequence[str] | None, after: int | None, limit: int
) -> list[ImportRow]:
    """In the order of the sheet."""
    rows = player_import_rows.c
    query = select(*_ROW).where(rows.import_id == import_id).order_by(rows.row).limit(limit)
    if result is not None:
        query = query.where(rows.result == result[0] if len(result) == 1 else rows.result.in_(result))
    if after is not None:
        query = query.where(rows.row > after)
    return [ImportRow(**row._mapping) for row in tx.execute(query)]


def holders_of_phones(tx: Connection, phones: Collection[str]) -> dict[str, UUID]:
    """Phone → the player who has it."""
    return _holders(tx, player_phones, player_phones.c.phone, phones)


def holders_of_wechat_ids(tx: Connection, wechat_ids: Collection[str]) -> dict[str, UUID]:
    """Key of a current or former WeChat id → the player whose it is."""
    return _holders(tx, player_wechat_ids, player_wechat_ids.c.wechat_key, [key(w) for w in wechat_ids])


def _holders(tx: Connection, table: Table, column: ColumnElement[str], wanted: Collection[str]) -> dict[str, UUID]:
    """Who was merged into another stands for the other."""
    holder = func.coalesce(players.c.merged_into, players.c.player_id)
    query = select(column, holder).join(players, players.c.player_id == table.c.player_id).where(column.in_(wanted))
    return {row[0]: row[1] for row in tx.execute(query)} if wanted else {}


def active_agents(tx: Connection, agent_ids: Collection[str]) -> set[str]:
    query = select(agents.c.agent_id).where(agents.c.agent_id.in_(agent_ids), agents.c.active)
    return set(tx.execute(query).scalars())


def forget_players(tx: Connection, player_ids: Sequence[UUID]) -> None:
    """Remove the rows that made these players or clashed with them."""
    rows = player_import_rows.c
    theirs = or_(rows.player_id.in_(player_ids), rows.existing_player_id.in_(player_ids))
    tx.execute(delete(player_import_rows).where(theirs))


def close_before(tx: Connection, moment: datetime, problem: dict[str, str]) -> None:
    """Imports made before `moment` that have not been run are not going to be."""
    old = (player_imports.c.created_at < moment, player_imports.c.state.in_(["checking", "checked"]))
    tx.execute(update(player_imports).where(*old).values(state="failed", problem=problem, content=None))


def purge_rows(tx: Connection, before: datetime, limit: int) -> int:
    """Delete rows of imports made before that time; returns how many, at most `limit`."""
    ended = player_imports.c.state.in_(["done", "failed"])
    ids = (
        select(player_import_rows.c.import_id, player_import_rows.c.row)
        .join(player_imports, player_imports.c.import_id == player_import_rows.c.import_id)
        .where(player_imports.c.created_at < before, ended)
        .limit(limit)
    )
    keys = tuple_(player_import_rows.c.import_id, player_import_rows.c.row)
    return tx.execute(delete(player_import_rows).where(keys.in_(ids))).rowcount
