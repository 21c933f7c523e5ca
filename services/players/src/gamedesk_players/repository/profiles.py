"""Game profiles and when to sync them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.jobs import claim, settle
from sqlalchemy import Connection, Row, Select, and_, case, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.profiles import Account, Profile
from gamedesk_players.tables import player_phones, players, profile_syncs, profiles


@dataclass(frozen=True)
class Sync:
    """One question to one game; `claim` is the row of profile_syncs as this worker has leased it."""

    claim: Row[Any]
    phone: str

    @property
    def player_id(self) -> UUID:
        return self.claim.player_id

    @property
    def game_id(self) -> str:
        return self.claim.game_id

    @property
    def attempts(self) -> int:
        """How often the game was asked without an answer, this time included."""
        return self.claim.attempts


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
    """Ask these games about the player at `due_at`, or earlier if that was planned already; who is being asked
    now is asked once more."""
    if not game_ids:
        return
    rows = [{"player_id": player_id, "game_id": g, "due_at": due_at, "attempts": 0} for g in sorted(game_ids)]
    statement = pg_insert(profile_syncs).values(rows)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["player_id", "game_id"],
            set_={
                "due_at": case(
                    (profile_syncs.c.leased_until > func.clock_timestamp(), statement.excluded.due_at),
                    else_=func.least(profile_syncs.c.due_at, statement.excluded.due_at),
                ),
                "attempts": 0,
            },
        )
    )


def games_without_profile(tx: Connection, player_id: UUID, game_ids: Sequence[str]) -> list[str]:
    known = set(tx.execute(select(profiles.c.game_id).where(profiles.c.player_id == player_id)).scalars())
    return [game_id for game_id in game_ids if game_id not in known]


def players_without_sync(
    tx: Connection, game_ids: Sequence[str], after: UUID | None, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Of the next `limit` players by id: those that some of these games was never asked about, and where to go on
    (None at the end)."""
    present = and_(players.c.merged_into.is_(None), players.c.erased_at.is_(None))
    query = select(players.c.player_id).where(present).order_by(players.c.player_id).limit(limit)
    page = list(tx.execute(query if after is None else query.where(players.c.player_id > after)).scalars())
    planned = (
        select(profile_syncs.c.player_id)
        .where(profile_syncs.c.player_id.in_(page), profile_syncs.c.game_id.in_(game_ids))
        .group_by(profile_syncs.c.player_id)
        .having(func.count() == len(game_ids))
    )
    complete = set(tx.execute(planned).scalars()) if page else set()
    return [i for i in page if i not in complete], page[-1] if len(page) == limit else None


def claim_due(tx: Connection, game_id: str, lease: timedelta, limit: int) -> list[Sync]:
    """Claim due syncs with one game that nobody works on; a claim that is not settled within `lease` is free again."""
    due = and_(profile_syncs.c.game_id == game_id, profile_syncs.c.due_at <= now())
    rows = claim(
        tx, profile_syncs, due, limit=limit, lease_seconds=lease.total_seconds(), order_by=profile_syncs.c.due_at
    )
    if not rows:
        return []
    primary = and_(player_phones.c.player_id.in_([row.player_id for row in rows]), player_phones.c.position == 0)
    phones = {p.player_id: p.phone for p in tx.execute(select(player_phones).where(primary))}
    for row in rows:
        if row.player_id not in phones:
            settle(tx, profile_syncs, row, {"due_at": None})
    return [Sync(row, phones[row.player_id]) for row in rows if row.player_id in phones]


def settle_sync(tx: Connection, sync: Sync, next_due_at: datetime, *, answered: bool) -> bool:
    """Give the claim back; False, and nothing written, if it was lost. A sync asked for meanwhile stays due."""
    asked_meanwhile = profile_syncs.c.due_at != sync.claim.due_at
    values: dict[str, Any] = {"due_at": case((asked_meanwhile, profile_syncs.c.due_at), else_=next_due_at)}
    return settle(tx, profile_syncs, sync.claim, values | ({"attempts": 0} if answered else {}))
