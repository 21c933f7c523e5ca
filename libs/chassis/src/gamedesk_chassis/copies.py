"""Copies of another service's facts: whatever order events come in, the newest version stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, literal
from sqlalchemy.dialects.postgresql import insert


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
    statement = insert(table).values(**key, **values, version=version)
    current, new = table.c.version, statement.excluded.version
    statement = statement.on_conflict_do_update(
        index_elements=[table.c[name] for name in key],
        set_={name: statement.excluded[name] for name in (*values, "version")},
        where=new >= current if allow_equal else new > current,
    ).returning(literal(1))
    return tx.execute(statement).first() is not None
