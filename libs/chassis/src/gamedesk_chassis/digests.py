"""Digests: an owner says, range by range, what its copies must look like; a listener compares."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table


def difference_table(metadata: MetaData) -> Table:
    """The table `copy_difference`: ranges of keys, after_key < key <= until_key (empty: open), that were not equal."""
    return Table(
        "copy_difference",
        metadata,
        Column("consumer", String(64), primary_key=True),
        Column("kind", String(64), primary_key=True),
        Column("after_key", String(64), primary_key=True),
        Column("until_key", String(64), nullable=False),
        Column("seen", Integer, nullable=False),
        Column("owner_count", Integer, nullable=False),
        Column("copy_count", Integer, nullable=False),
        Column("first_seen_at", DateTime(timezone=True), nullable=False),
        Column("last_seen_at", DateTime(timezone=True), nullable=False),
        Column("asked_at", DateTime(timezone=True)),
    )
