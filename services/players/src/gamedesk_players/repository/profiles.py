"""Game profiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.profiles import Account, Profile
from gamedesk_players.tables import profiles


def _profile(row: Row[Any]) -> Profile:
    account = None
    if row.game_account_id is not None:
        account = Account(row.game_account_id, row.nickname, row.server_id, row.server_name, row.level, row.vip_level)
    return Profile(
        profile_id=row.profile_id,
        player_id=row.player_id,
        game_id=row.game_id,
        state=row.state,
        account=account,
        synced_at=row.synced_at,
        attempted_at=row.attempted_at,
        error=row.error,
        version=row.version,
    )


def _ordered() -> Select[Any]:
    return select(profiles).order_by(profiles.c.player_id, profiles.c.game_id, profiles.c.profile_id)


def of_players(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Profile]]:
    found: dict[UUID, list[Profile]] = defaultdict(list)
    for row in tx.execute(_ordered().where(profiles.c.player_id.in_(ids))):
        found[row.player_id].append(_profile(row))
    return found


def of_game(tx: Connection, player_id: UUID, game_id: str) -> list[Profile]:
    query = _ordered().where(profiles.c.player_id == player_id, profiles.c.game_id == game_id)
    return [_profile(row) for row in tx.execute(query)]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Profile]:
    query = select(profiles).order_by(profiles.c.profile_id).limit(limit)
    query = query if after is None else query.where(profiles.c.profile_id > after)
    return [_profile(row) for row in tx.execute(query)]


def get(tx: Connection, profile_id: UUID) -> Profile | None:
    row = tx.execute(select(profiles).where(profiles.c.profile_id == profile_id)).one_or_none()
    return _profile(row) if row else None


def pairs_of(tx: Connection, player_ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    """For which games these players have profiles: (player id, game id)."""
    query = select(profiles.c.player_id, profiles.c.game_id).where(profiles.c.player_id.in_(player_ids))
    return {(row.player_id, row.game_id) for row in tx.execute(query)}


def asked_since(tx: Connection, player_ids: Sequence[UUID], moment: datetime) -> dict[tuple[UUID, str], str | None]:
    """Which games were asked about these players since: (player id, game id) → why that failed, or None."""
    query = select(profiles.c.player_id, profiles.c.game_id, profiles.c.error)
    rows = tx.execute(query.where(profiles.c.player_id.in_(player_ids), profiles.c.attempted_at > moment))
    return {(row.player_id, row.game_id): row.error for row in rows}


def insert_many(tx: Connection, new: Sequence[Profile]) -> None:
    if new:
        tx.execute(insert(profiles), [_columns(profile) for profile in new])


def upsert(tx: Connection, profile: Profile) -> None:
    values = _columns(profile)
    statement = pg_insert(profiles).values(**values)
    changes = {name: value for name, value in values.items() if name not in ("profile_id", "player_id", "game_id")}
    tx.execute(statement.on_conflict_do_update(index_elements=["profile_id"], set_=changes))


def _columns(profile: Profile) -> dict[str, Any]:
    account = profile.account
    return {
        "profile_id": profile.profile_id,
        "player_id": profile.player_id,
        "game_id": profile.game_id,
        "state": profile.state,
        "game_account_id": account.game_account_id if account else None,
        "nickname": account.nickname if account else None,
        "server_id": account.server_id if account else None,
        "server_name": account.server_name if account else None,
        "level": account.level if account else None,
        "vip_level": account.vip_level if account else None,
        "synced_at": profile.synced_at,
        "attempted_at": profile.attempted_at,
        "error": profile.error,
        "version": profile.version,
    }
