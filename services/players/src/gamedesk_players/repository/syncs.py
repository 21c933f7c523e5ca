"""When which game is asked about whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.bulk import values_of
from gamedesk_chassis.clock import now
from gamedesk_chassis.jobs import claim, settle
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, literal, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.profiles import Priority
from gamedesk_players.tables import player_phones, players, profile_syncs, profiles

Pair = tuple[UUID, str]

# As many as `due` counts; more are as good as that.
DUE_COUNTED = 10_000
# As many of a resync as are counted in one go: less than a second of work for the database.
RESYNC_COUNTED = 1_000_000
_PLANNED = ["player_id", "game_id", "priority", "due_at", "attempts", "resync_id"]
_PRIORITIES = [int(priority) for priority in Priority]


@dataclass(frozen=True)
class Sync:
    """Questions to one game about one player; `claim` is the row of profile_syncs as this worker has leased it.

    `phones`: all of his, the primary one first.
    """

    claim: Row[Any]
    phones: tuple[str, ...]

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


def plan(tx: Connection, due: Sequence[tuple[Pair, Priority, datetime]], resync_id: UUID | None) -> None:
    """Ask games about players (sorted pairs) when they are due, or earlier if that was planned already; who is being
    asked now is asked once more. What is urgent stays so."""
    values = {"attempts": 0, "resync_id": resync_id}
    rows = [
        {"player_id": player, "game_id": game, "priority": int(priority), "due_at": at, **values}
        for (player, game), priority, at in due
    ]
    new = values_of(profile_syncs, _PLANNED, rows)
    statement = pg_insert(profile_syncs).from_select(_PLANNED, select(*[new.c[name] for name in _PLANNED]))
    planned, known = statement.excluded, profile_syncs.c
    changes = {
        "due_at": case((_leased(), planned.due_at), else_=func.least(known.due_at, planned.due_at)),
        "priority": func.least(known.priority, planned.priority),
        "attempts": 0,
        "resync_id": func.coalesce(planned.resync_id, known.resync_id),
    }
    tx.execute(statement.on_conflict_do_update(index_elements=["player_id", "game_id"], set_=changes))


def hasten_stale(tx: Connection, player_id: UUID, synced_before: datetime) -> None:
    """Put the questions about a player's old profiles (and those of whoever was merged into him) before the others.

    Waits for nobody, and leaves alone what is asked now, was hastened already, or failed and has its time.
    """
    own = profile_syncs.c
    old = and_(profiles.c.player_id == own.player_id, profiles.c.game_id == own.game_id)
    wanted = (
        select(own.player_id, own.game_id)
        .join(players, players.c.player_id == own.player_id)
        .where(or_(players.c.player_id == player_id, players.c.merged_into == player_id))
        .where(own.priority > Priority.AGENT_WAITS, own.due_at.is_not(None), ~func.coalesce(_leased(), False))
        .where(select(profiles.c.profile_id).where(old, profiles.c.synced_at < synced_before).exists())
        .with_for_update(of=profile_syncs, skip_locked=True)
    )
    due_at = case((own.attempts == 0, func.least(own.due_at, now())), else_=own.due_at)
    key = tuple_(own.player_id, own.game_id)
    tx.execute(update(profile_syncs).where(key.in_(wanted)).values(priority=Priority.AGENT_WAITS, due_at=due_at))


def page_of_players(tx: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """The next players by id who may be asked about: merged ones too, erased ones not."""
    query = select(players.c.player_id).where(players.c.erased_at.is_(None)).order_by(players.c.player_id).limit(limit)
    return list(tx.execute(query if after is None else query.where(players.c.player_id > after)).scalars())


def planned_pairs(tx: Connection, player_ids: Sequence[UUID]) -> set[Pair]:
    """Which of these players which games are, or will be, asked about."""
    query = select(profile_syncs.c.player_id, profile_syncs.c.game_id).where(profile_syncs.c.player_id.in_(player_ids))
    return {(row.player_id, row.game_id) for row in tx.execute(query)}


def is_due(tx: Connection, game_id: str) -> bool:
    own = profile_syncs.c
    first = [  # in the index's order, so that the planner does not look for one in the table
        select(own.due_at)
        .where(own.game_id == game_id, own.priority == priority, own.due_at.is_not(None))
        .order_by(own.due_at)
        .limit(1)
        .scalar_subquery()
        for priority in _PRIORITIES
    ]
    return bool(tx.execute(select(func.least(*first) <= now())).scalar_one())


def under_way(tx: Connection, game_id: str) -> int:
    """How many questions all workers together have open with a game."""
    query = select(func.count()).select_from(profile_syncs).where(profile_syncs.c.game_id == game_id, _leased())
    return tx.execute(query).scalar_one()


def claim_due(tx: Connection, game_id: str, lease: timedelta, limit: int) -> list[Sync]:
    """Claim due syncs with one game that nobody works on, the most urgent and then the longest due first; a claim
    that is not settled within `lease` is free again."""
    rows: list[Row[Any]] = []
    for priority in _PRIORITIES:
        if len(rows) < limit:
            due = and_(
                profile_syncs.c.game_id == game_id,
                profile_syncs.c.priority == priority,
                profile_syncs.c.due_at <= now(),
            )
            seconds, order = lease.total_seconds(), profile_syncs.c.due_at
            rows += claim(tx, profile_syncs, due, limit=limit - len(rows), lease_seconds=seconds, order_by=order)
    phones = _phones(tx, [row.player_id for row in rows]) if rows else {}
    for row in rows:
        if row.player_id not in phones:  # nothing to ask with
            settle(tx, profile_syncs, row, {"due_at": None, "resync_id": None})
    return [Sync(row, tuple(phones[row.player_id])) for row in rows if row.player_id in phones]


def settle_sync(tx: Connection, sync: Sync, next_due_at: datetime, *, answered: bool, given_up: bool = False) -> bool:
    """Give the claim back; False, and nothing written, if it was lost. A sync asked for meanwhile stays due.

    What was answered, or `given_up`, is no longer part of the resync for which it was asked.
    """
    known, claimed = profile_syncs.c, sync.claim
    asked_meanwhile = known.due_at != claimed.due_at
    values: dict[str, Any] = {"due_at": case((asked_meanwhile, known.due_at), else_=next_due_at)}
    if answered:
        values["attempts"] = 0
        values["priority"] = case((asked_meanwhile, known.priority), else_=int(Priority.BACKGROUND))
    if answered or given_up:
        values["resync_id"] = func.nullif(known.resync_id, claimed.resync_id)
    return settle(tx, profile_syncs, claimed, values)


def due_counts(tx: Connection, game_ids: Sequence[str]) -> dict[str, int]:
    """How many questions to each game are due, counted up to DUE_COUNTED."""
    games = values_of(profile_syncs, ["game_id"], [{"game_id": game_id} for game_id in game_ids])
    mine = select(literal(1)).select_from(profile_syncs).where(_due(profile_syncs.c.game_id == games.c.game_id))
    due = mine.limit(DUE_COUNTED).correlate(games).lateral("due")
    query = (
        select(games.c.game_id, func.count().label("due"))
        .select_from(games.join(due, true()))
        .group_by(games.c.game_id)
    )
    return {row.game_id: row.due for row in tx.execute(query)}


def is_of_resync(tx: Connection, resync_id: UUID, game_ids: Sequence[str]) -> bool:
    """Whether a question of a resync to one of these games is not settled yet."""
    own = profile_syncs.c
    first = (  # in the index's order, so that the planner does not look for one in the table
        select(own.game_id).where(own.resync_id == resync_id, own.game_id == game_id).order_by(own.game_id).limit(1)
        for game_id in game_ids
    )
    return any(tx.execute(query).first() for query in first)


def count_of_resync(tx: Connection, resync_id: UUID, game_ids: Sequence[str]) -> int:
    """How many questions of a resync to these games are not settled yet, counted up to RESYNC_COUNTED."""
    mine = and_(profile_syncs.c.resync_id == resync_id, profile_syncs.c.game_id.in_(game_ids))
    counted = select(literal(1)).select_from(profile_syncs).where(mine).limit(RESYNC_COUNTED).subquery()
    return tx.execute(select(func.count()).select_from(counted)).scalar_one()


def _due(of_game: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(of_game, profile_syncs.c.priority.in_(_PRIORITIES), profile_syncs.c.due_at <= now())


def _leased() -> ColumnElement[bool]:
    return profile_syncs.c.leased_until > func.clock_timestamp()


def _phones(tx: Connection, player_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    own = player_phones.c.player_id.in_(player_ids)
    for row in tx.execute(select(player_phones).where(own).order_by(player_phones.c.position)):
        found[row.player_id].append(row.phone)
    return dict(found)
