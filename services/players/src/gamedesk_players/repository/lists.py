"""Lists of players, narrowed and in the order of their ids, which are made in the order of time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gamedesk_chassis.clock import now
from sqlalchemy import ColumnElement, Connection, Select, cast, or_, select

from gamedesk_players.model.players import Player
from gamedesk_players.model.search import Wanted
from gamedesk_players.repository.players import by_ids
from gamedesk_players.repository.search import plan_by_index
from gamedesk_players.tables import players, profiles

_BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

Ids = Select[UUID]


def list_page(tx: Connection, wanted: Wanted, after: UUID | None, limit: int) -> list[Player]:
    """Neither merged nor erased players."""
    plan_by_index(tx)
    newest = wanted.sort == "newest"
    ids = {found for query in id_queries(wanted, after, limit) for found in tx.execute(query).scalars()}
    page = sorted(ids, reverse=newest)[:limit]
    found = {player.player_id: player for player in by_ids(tx, page)}
    return [found[player_id] for player_id in page]


def id_queries(wanted: Wanted, after: UUID | None, limit: int) -> list[Ids]:
    """The ids of a page are the first ones of all these queries together.

    By game, server or state of profiles, the list is read in the order of an index of theirs, once for players' own
    profiles and once for those of players merged into them; unless a field of the player leaves but few, each of
    whom is asked for his profiles.
    """
    if not wanted.of_profiles:
        return [_page(_players(wanted, after), players.c.player_id, wanted, limit)]
    if wanted.of_few:
        return [_page(_players(wanted, after).where(_has_profile(wanted)), players.c.player_id, wanted, limit)]
    losers = players.alias("losers")
    of_losers = losers.join(profiles, profiles.c.player_id == losers.c.player_id)
    return [
        _in_order_of(select(profiles.c.player_id), profiles.c.player_id, wanted, after, limit),
        _in_order_of(select(losers.c.merged_into).select_from(of_losers), losers.c.merged_into, wanted, after, limit),
    ]


def _in_order_of(ids: Select[Any], key: ColumnElement[Any], wanted: Wanted, after: UUID | None, limit: int) -> Ids:
    """The players of `ids`, read one after the other: as many as the page needs."""
    narrowed = ids.where(key.is_not(None), *_of_profiles(wanted), *_range(key, wanted, after))
    found = narrowed.distinct().order_by(_ordered(key, wanted)).subquery()
    (shown,) = found.c
    return _page(_players(wanted, None).join(found, shown == players.c.player_id), shown, wanted, limit)


def _page(query: Ids, key: ColumnElement[UUID], wanted: Wanted, limit: int) -> Ids:
    return query.order_by(_ordered(key, wanted)).limit(limit)


def _players(wanted: Wanted, after: UUID | None) -> Ids:
    c = players.c
    query = select(c.player_id).where(c.merged_into.is_(None), c.erased_at.is_(None))
    equal = {c.owner_agent_id: wanted.owner, c.tier: wanted.tier, c.minor_band: wanted.minor_band}
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.tag is not None:
        query = query.where(c.tags.contains(cast([wanted.tag], c.tags.type)))
    return query.where(*_range(c.player_id, wanted, after))


def _has_profile(wanted: Wanted) -> ColumnElement[bool]:
    losers = players.alias("losers")
    own = select(profiles.c.profile_id).where(profiles.c.player_id == players.c.player_id, *_of_profiles(wanted))
    merged = select(profiles.c.profile_id).where(
        losers.c.merged_into == players.c.player_id,
        profiles.c.player_id == losers.c.player_id,
        *_of_profiles(wanted),
    )
    # Without an offset the planner may read a whole game's profiles first, to look up the few players in them.
    return or_(*(found.correlate(players).offset(0).exists() for found in (own, merged)))


def _of_profiles(wanted: Wanted) -> list[ColumnElement[bool]]:
    c = profiles.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.game is not None:
        conditions.append(c.game_id == wanted.game)
        if wanted.profile_state is None:
            conditions.append(c.game_account_id.is_not(None))
    if wanted.server is not None:
        conditions += [c.server_name == wanted.server, c.game_account_id.is_not(None)]
    if wanted.profile_state is not None:
        # An ok profile ages into a stale one by itself (model.profiles.Profile.state_at).
        fresh_since = now() - wanted.stale_after
        kept_as = "ok" if wanted.profile_state == "stale" else wanted.profile_state
        conditions.append(c.state == kept_as)
        if wanted.profile_state == "stale":
            conditions.append(c.synced_at < fresh_since)
        elif wanted.profile_state == "ok":
            conditions.append(c.synced_at >= fresh_since)
    return conditions


def _range(key: ColumnElement[UUID], wanted: Wanted, after: UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.created_from is not None:
        conditions.append(key >= _first_id(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(key < _first_id(wanted.created_to, days=1))
    if after is not None:
        conditions.append(key < after if wanted.sort == "newest" else key > after)
    return conditions


def _ordered(key: ColumnElement[UUID], wanted: Wanted) -> ColumnElement[Any]:
    return key.desc() if wanted.sort == "newest" else key.asc()


def _first_id(day: date, *, days: int = 0) -> UUID:
    """The least id that can be made on a day of the business zone, `days` later: the time leads it, in ms."""
    begins = datetime.combine(day, time(), _BUSINESS_ZONE).timestamp() + timedelta(days=days).total_seconds()
    return UUID(int=max(int(begins * 1000), 0) << 80)
