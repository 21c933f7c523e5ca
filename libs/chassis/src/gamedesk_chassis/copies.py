"""Copies of another service's facts: whatever order events come in, the newest version stays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert


def upsert_if_newer(
    tx: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    version: int,
    *,
    allow_equal: bool = False,
) -> bool:
    """Insert the copy, or replace it if `version` is newer than its column `version`; one statement.

    `key` are the columns of the primary key (or of a unique constraint), `values` all others. With
    `allow_equal=event.republication` an equal version is applied too, which mends a copy that went wrong.
    Returns whether anything was written: effects beyond the copy belong behind a True.
    """
    statement = _upsert(table, tuple(key), tuple(values), allow_equal)
    return tx.execute(statement, {**key, **values, "version": version}).first() is not None


@cache
def _upsert(table: Table, key: tuple[str, ...], values: tuple[str, ...], allow_equal: bool) -> ReturningInsert[Any]:
    """Built once: building it takes as long as running it."""
    columns = (*values, "version")
    statement = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in (*key, *columns)})
    current, new = table.c.version, statement.excluded.version
    return statement.on_conflict_do_update(
        index_elements=[table.c[name] for name in key],
        set_={name: statement.excluded[name] for name in columns},
        where=new >= current if allow_equal else new > current,
    ).returning(literal(1))
