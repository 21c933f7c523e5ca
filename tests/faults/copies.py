"""I6: at rest every copy equals what its owner says, in version and in every column that both have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Copy:
    """`columns` are equal by name; `named` says, for a column of the copy, what it is at the owner (SQL)."""

    listener: str
    table: str
    owner: str
    owner_table: str
    key: str
    columns: tuple[str, ...]
    named: Mapping[str, str] = field(default_factory=dict)
    version: str = "version"


_PLAYER = ("owner_agent_id", "tier", "minor_band", "merged_into")
_ERASED = {"erased": "erased_at IS NOT NULL"}
_AGENT = ("role", "team", "active")
COPIES = (
    *(Copy(s, "player_copies", "players", "players", "player_id", _PLAYER, _ERASED) for s in ("tickets", "sales")),
    *(Copy(s, "agent_copies", "players", "agents", "agent_id", _AGENT) for s in ("tickets", "sales", "catalog")),
    Copy("tickets", "profile_copies", "players", "profiles", "profile_id", ("player_id", "game_id")),
    Copy("sales", "profile_copies", "players", "profiles", "profile_id", ("player_id", "game_id", "state")),
    Copy("sales", "item_copies", "catalog", "items", "item_id", ("game_id", "code", "name", "price_fen")),
    Copy("sales", "pack_copies", "catalog", "packs", "pack_id", ("code", "name", "state", "price_fen", "revision")),
    Copy("sales", "campaign_copies", "catalog", "campaigns", "campaign_id", ("name", "state", "team")),
    Copy(
        "sales", "ticket_copies", "tickets", "tickets", "ticket_id", ("player_id", "category", "state"),
        version="revision",
    ),
)  # fmt: skip


def different_copies(databases: Mapping[str, str], *, shown: int = 3) -> list[str]:
    """One sentence for each copy that differs from its owner, with a few of its keys; empty when I6 holds.

    Args:
        databases: service → libpq address of its database; the product has to be at rest.
    """
    found = []
    for copy in COPIES:
        theirs = _read(databases[copy.listener], copy.table, copy.key, {c: c for c in (*copy.columns, *copy.named)})
        wanted = {**{column: column for column in copy.columns}, **copy.named}
        ours = _read(databases[copy.owner], copy.owner_table, copy.key, wanted, copy.version, owner=True)
        keys = [key for key in sorted({*ours, *theirs}) if ours.get(key) != theirs.get(key)]
        if keys:
            examples = "; ".join(f"{key}: owner {ours.get(key)}, copy {theirs.get(key)}" for key in keys[:shown])
            found.append(
                f"{copy.listener}.{copy.table}: {len(keys)} of {len(ours)} differ from {copy.owner}: {examples}"
            )
    return found


def _read(
    url: str, table: str, key: str, columns: Mapping[str, str], version: str = "version", *, owner: bool = False
) -> dict[str, tuple[Any, ...]]:
    """Key → (version as listeners know it, values …)."""
    base = "(SELECT coalesce(max(version_base), 0) FROM relay_mark)" if owner else "0"
    wanted = sql.SQL(", ").join(sql.SQL(expression) for expression in (f"{version} + {base}", *columns.values()))  # pyright: ignore[reportArgumentType]
    query = sql.SQL("SELECT {}::text, {} FROM {}").format(sql.Identifier(key), wanted, sql.Identifier(table))
    with psycopg.connect(url) as connection:
        return {row[0]: row[1:] for row in connection.execute(query)}
