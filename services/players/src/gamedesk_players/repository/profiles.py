"""Game profiles and when to sync them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model import Account, Profile
from gamedesk_players.tables import player_phones, profile_syncs, profiles


@dataclass(frozen=True)
class Sync:
    """One question to one game, claimed by this worker. `attempts` counts this one."""

    player_id: UUID
    game_id: str
    phone: str
    attempts: int


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


def lock_of_game(tx: Connection, player_id: UUID, game_id: str) -> list[Profile]:
    """Locks the sync row, so that two answers for one player and game are applied one after the other."""
    in_game = (profile_syncs.c.player_id == player_id) & (profile_syncs.c.game_id == game_id)
    tx.execute(select(profile_syncs.c.attempts).where(in_game).with_for_update())
    query = _ordered().where(profiles.c.player_id == player_id, profiles.c.game_id == game_id)
    return [_profile(row) for row in tx.execute(query)]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Profile]:
    query = select(profiles).order_by(profiles.c.profile_id).limit(limit)
    query = query if after is None else query.where(profiles.c.profile_id > after)
    return [_profile(row) for row in tx.execute(query)]


def upsert(tx: Connection, profile: Profile) -> None:
    account = profile.account
    values = {
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
    statement = pg_insert(profiles).values(
        profile_id=profile.profile_id, player_id=profile.player_id, game_id=profile.game_id, **values
    )
    tx.execute(statement.on_conflict_do_update(index_elements=["profile_id"], set_=values))


def plan_syncs(tx: Connection, player_id: UUID, game_ids: Sequence[str], due_at: datetime) -> None:
    """Ask these games about the player at `due_at`, or earlier if that was planned already."""
    if not game_ids:
        return
    rows = [{"player_id": player_id, "game_id": g, "due_at": due_at, "attempts": 0} for g in game_ids]
    statement = pg_insert(profile_syncs).values(rows)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["player_id", "game_id"],
            set_={"due_at": func.least(profile_syncs.c.due_at, statement.excluded.due_at), "attempts": 0},
        )
    )


def claim_due(tx: Connection, game_id: str, moment: datetime, lease: timedelta, limit: int) -> list[Sync]:
    """Claim due syncs with one game that nobody works on; a claim that is not finished within `lease` is free again."""
    free = or_(profile_syncs.c.leased_until.is_(None), profile_syncs.c.leased_until < moment)
    due = tx.execute(
        select(profile_syncs.c.player_id, profile_syncs.c.game_id, profile_syncs.c.attempts)
        .where(profile_syncs.c.game_id == game_id, profile_syncs.c.due_at <= moment, free)
        .order_by(profile_syncs.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return []
    phones = dict(
        tx.execute(
            select(player_phones.c.player_id, player_phones.c.phone).where(
                player_phones.c.player_id.in_({row.player_id for row in due}), player_phones.c.position == 0
            )
        ).all()
    )
    for row in due:
        tx.execute(_of(row.player_id, row.game_id).values(leased_until=moment + lease, attempts=row.attempts + 1))
    return [
        Sync(row.player_id, row.game_id, phones[row.player_id], row.attempts + 1)
        for row in due
        if row.player_id in phones
    ]


def finish_sync(tx: Connection, player_id: UUID, game_id: str, next_due_at: datetime | None) -> None:
    """Give the claim back; `next_due_at` is the retry or the refresh."""
    values: dict[str, Any] = {"due_at": next_due_at, "leased_until": None}
    tx.execute(_of(player_id, game_id).values(**values))


def reset_attempts(tx: Connection, player_id: UUID, game_id: str) -> None:
    tx.execute(_of(player_id, game_id).values(attempts=0))


def _of(player_id: UUID, game_id: str) -> Any:
    return update(profile_syncs).where(profile_syncs.c.player_id == player_id, profile_syncs.c.game_id == game_id)
