"""Imports of players, their rows, and what a row may clash with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import jobs
from gamedesk_chassis.clock import now
from gamedesk_chassis.text_search import key
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from gamedesk_players import phone
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
_ENDED = player_imports.c.state.in_(["done", "failed"])
_NEVER_RUN = and_(player_imports.c.state == "failed", player_imports.c.run_by.is_(None))
# Without the partial index that this condition names, an erasure would read all rows.
_NO_PHONE = player_import_rows.c.phone_key.is_(None)
_CELL = "normalize(player_import_rows.values->>'phone', NFKC)"
_DIGITS = literal_column(f"regexp_replace({_CELL}, '[^0-9]', '', 'g')", Text)
_ERASED_MEANWHILE = {
    "rule": "erasure",
    "message": "A player was erased during the check; take him out of the file, import it again.",
}


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


def list_page(tx: Connection, of: Collection[str] | None, before: UUID | None, limit: int) -> list[Import]:
    """The newest first; of these agents, unless None."""
    query = select(*_IMPORT).order_by(player_imports.c.import_id.desc()).limit(limit)
    if of is not None:
        query = query.where(player_imports.c.created_by.in_(of))
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
    """Lease the import with work to do that has waited longest; its `attempts` count how often it was begun."""
    columns = player_imports.c
    found = jobs.claim(
        tx, player_imports, _UNDER_WAY, limit=1, lease_seconds=lease_seconds, order_by=columns.updated_at.asc()
    )
    return found[0] if found else None


def hold(tx: Connection, import_id: UUID, leased_until: datetime) -> bool:
    """Lock the import if the lease is still ours."""
    ours = player_imports.c.leased_until == leased_until
    query = select(player_imports.c.import_id).where(player_imports.c.import_id == import_id, ours)
    return tx.execute(query.with_for_update()).one_or_none() is not None


def prolong(tx: Connection, import_id: UUID, lease_seconds: float) -> datetime:
    changed = {"updated_at": now(), "leased_until": jobs.lease_end(lease_seconds)}
    prolonged = update(player_imports).where(player_imports.c.import_id == import_id).values(**changed)
    return tx.execute(prolonged.returning(player_imports.c.leased_until)).scalar_one()


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


def hold_rows(tx: Connection, import_id: UUID, result: str, limit: int) -> list[ImportRow]:
    """The next rows with this result, which nobody else changes or removes before this transaction ends."""
    rows = player_import_rows.c
    query = select(*_ROW).where(rows.import_id == import_id, rows.result == result).order_by(rows.row).limit(limit)
    return [ImportRow(**row._mapping) for row in tx.execute(query.with_for_update())]


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


def owners(tx: Connection, player_ids: Collection[UUID]) -> dict[UUID, str]:
    """Player → the agent whose he is now."""
    query = select(players.c.player_id, players.c.owner_agent_id).where(players.c.player_id.in_(player_ids))
    return {row[0]: row[1] for row in tx.execute(query)} if player_ids else {}


def active_agents(tx: Connection, agent_ids: Collection[str]) -> set[str]:
    query = select(agents.c.agent_id).where(agents.c.agent_id.in_(agent_ids), agents.c.active)
    return set(tx.execute(query).scalars())


def forget_players(tx: Connection, player_ids: Sequence[UUID]) -> set[UUID]:
    """Remove the rows about these players, while their phones and WeChat ids are still known: rows that name one of
    them or have a phone or WeChat id of theirs, also as a part of what is no phone, and rows that share either with
    such a row (they may have changed).

    What is in the files that are being checked cannot be known, so these imports end. Imports and rows are locked in
    their order, rows as by `hold_rows`. Answers the imports whose files held, or may have held, one of them.
    """
    ended = _end_checks(tx)
    rows = player_import_rows.c
    phones = _values(tx, select(player_phones.c.phone).where(player_phones.c.player_id.in_(player_ids)))
    wechats = _values(tx, select(player_wechat_ids.c.wechat_key).where(player_wechat_ids.c.player_id.in_(player_ids)))
    certain: list[ColumnElement[bool]] = [rows.player_id.in_(player_ids), rows.existing_player_id.in_(player_ids)]
    if phones:  # two of them in one cell, or one beside a word
        certain.append(and_(_NO_PHONE, _DIGITS.regexp_match("|".join(map(phone.national, sorted(phones))))))
    theirs = or_(*certain, rows.phone_key.in_(phones), rows.wechat_key.in_(wechats))
    shared = tx.execute(select(rows.phone_key, rows.wechat_key).where(theirs).distinct()).all()
    phones |= {row.phone_key for row in shared} - {None}
    wechats |= {row.wechat_key for row in shared} - {None}
    theirs = or_(*certain, rows.phone_key.in_(phones), rows.wechat_key.in_(wechats))
    place = (rows.import_id, rows.row)
    locked = select(*place).where(theirs).order_by(*place).with_for_update().cte("locked")
    gone = delete(player_import_rows).where(tuple_(*place).in_(select(locked))).returning(rows.import_id)
    return ended | set(tx.execute(gone).scalars())


def _values(tx: Connection, query: Select[Any]) -> set[str]:
    return set(tx.execute(query).scalars())


def _end_checks(tx: Connection) -> set[UUID]:
    checking = player_imports.c.state == "checking"
    ids = select(player_imports.c.import_id).where(checking).order_by(player_imports.c.import_id).with_for_update()
    ended = {"state": "failed", "content": None, "leased_until": None, "problem": _ERASED_MEANWHILE}
    checks = update(player_imports).where(player_imports.c.import_id.in_(ids)).values(ended)
    return set(tx.execute(checks.returning(player_imports.c.import_id)).scalars())


def close_older(tx: Connection, created_by: str, kept: int, ended: Mapping[str, Any]) -> None:
    """Of this agent's imports that were checked and not run, end all but the newest `kept`."""
    checked = (player_imports.c.created_by == created_by, player_imports.c.state == "checked")
    newest_first = select(player_imports.c.import_id).where(*checked).order_by(player_imports.c.import_id.desc())
    older = player_imports.c.import_id.in_(newest_first.offset(kept))
    tx.execute(update(player_imports).where(older, *checked).values(**ended))


def close_before(tx: Connection, moment: datetime, ended: Mapping[str, Any]) -> None:
    """Imports made before `moment` that have not been run are not going to be."""
    old = (player_imports.c.created_at < moment, player_imports.c.state.in_(["checking", "checked"]))
    tx.execute(update(player_imports).where(*old).values(content=None, leased_until=None, **ended))


def forget_file_names(tx: Connection, before: datetime) -> None:
    """Of ended imports that were made before that time or are never going to be run: what people call files names
    other people."""
    old = (_ENDED, or_(player_imports.c.created_at < before, _NEVER_RUN), player_imports.c.file_name != "")
    tx.execute(update(player_imports).where(*old).values(file_name=""))


def purge_rows(tx: Connection, before: datetime, limit: int) -> int:
    """Delete rows of ended imports that were made before that time or are never going to be run; returns how many, at
    most `limit`."""
    place = (player_import_rows.c.import_id, player_import_rows.c.row)
    old = (
        select(*place)
        .join(player_imports, player_imports.c.import_id == player_import_rows.c.import_id)
        .where(_ENDED, or_(player_imports.c.created_at < before, _NEVER_RUN))
        .limit(limit)
    )
    return tx.execute(delete(player_import_rows).where(tuple_(*place).in_(old))).rowcount
