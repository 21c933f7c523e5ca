"""Who is of a segment, by what sales knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    Table,
    case,
    exists,
    func,
    or_,
    select,
)

from gamedesk_sales.model.business_days import midnight
from gamedesk_sales.model.campaign_calls import Audience, Candidate, Segment
from gamedesk_sales.repository.touches import counted
from gamedesk_sales.tables import agent_copies, contact_blocks, orders, player_copies, profile_copies, touches

# In these, the game has named an account of his.
_IN_GAME = ("ok", "stale", "ambiguous")
# Nobody is contacted for a campaign by a guess: the game has named exactly one.
_SURE_OF_IT = "ok"
_NOT_SOLD = ("cancelled", "refunded")


def candidates(
    tx: Connection, segment: Segment, team: str | None, today: date, player_ids: Sequence[UUID]
) -> list[Candidate]:
    """Those of these players who are of the segment."""
    of_them = _listed(segment, team).where(player_copies.c.player_id.in_(player_ids))
    return [Candidate(**row._mapping) for row in tx.execute(matching(segment, today, of_them.subquery("p")))]


def audience(tx: Connection, segment: Segment, team: str | None, today: date, most: int) -> Audience:
    """How many are of a segment, of `most` players with its tiers."""
    looked_at = tx.execute(select(func.count()).select_from(_some(segment, team, most + 1))).scalar_one()
    rows = tx.execute(audience_query(segment, team, today, most)).all()
    by_tier = {row.tier: row.wanted for row in rows if row.wanted}
    return Audience(
        by_tier,
        minors=sum(row.minors for row in rows),
        blocked=sum(row.blocked for row in rows),
        looked_at=min(looked_at, most),
        complete=looked_at <= most,
    )


def audience_query(segment: Segment, team: str | None, today: date, most: int) -> Select[Any]:
    """For each tier: how many are wanted, and how many of the segment are left out, as minors or as blocked."""
    found = matching(segment, today, _some(segment, team, most)).subquery("found")
    left_out = case((found.c.minor, "minor"), (found.c.blocked, "blocked"), else_="")
    counts = {"wanted": "", "minors": "minor", "blocked": "blocked"}
    columns = [func.count().filter(left_out == why).label(name) for name, why in counts.items()]
    return select(found.c.tier, *columns).group_by(found.c.tier)


def matching(segment: Segment, today: date, p: FromClause) -> Select[Any]:
    """The columns of Candidate, for those in `p` (as `_listed` has them) who are of the segment."""
    blocked = _of_person(p, contact_blocks, contact_blocks.c.lifted_at.is_(None))
    minor = p.c.minor_band != "none"
    columns: list[Any] = [p.c.player_id, p.c.owner_agent_id, p.c.tier, minor.label("minor"), blocked.label("blocked")]
    query: Any = select(*columns)
    return query.where(*_conditions(segment, today, p))


def _some(segment: Segment, team: str | None, most: int) -> Subquery:
    return _listed(segment, team).limit(most).subquery("p")


def _listed(segment: Segment, team: str | None) -> Select[Any]:
    """Persons, each once, of the segment's tiers and of the players of a team."""
    query: Any = select(*(player_copies.c[name] for name in ("player_id", "owner_agent_id", "tier", "minor_band")))
    query = query.where(player_copies.c.merged_into.is_(None), ~player_copies.c.erased)
    if segment.tiers:
        query = query.where(player_copies.c.tier.in_(segment.tiers))
    if team is not None:
        of_team = select(agent_copies.c.agent_id).where(agent_copies.c.team == team)
        query = query.where(player_copies.c.owner_agent_id.in_(of_team))
    return query


def _conditions(segment: Segment, today: date, p: FromClause) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if segment.game_id is not None:
        in_game = [profile_copies.c.game_id == segment.game_id, profile_copies.c.state.in_(_IN_GAME)]
        if segment.server is not None:
            in_game.append(profile_copies.c.server == segment.server)
        found.append(_of_person(p, profile_copies, *in_game))
    elif segment.game_ids:
        of_games = profile_copies.c.game_id.in_(segment.game_ids), profile_copies.c.state == _SURE_OF_IT
        found.append(_of_person(p, profile_copies, *of_games))
    if segment.not_contacted_days is not None:
        lately = touches.c.occurred_at >= _first_of(today, segment.not_contacted_days)
        found.append(~_of_person(p, touches, lately, counted()))
    sold = [orders.c.state.not_in(_NOT_SOLD)]
    if segment.never_bought:
        found.append(~_of_person(p, orders, *sold))
    if segment.bought_within_days is not None:
        sold.append(orders.c.paid_at >= _first_of(today, segment.bought_within_days))
    if segment.orders_needed is not None:
        found.append(_sum_of_person(p, func.count(), sold) >= segment.orders_needed)
    if segment.spent_min_fen is not None:
        spent = func.coalesce(func.sum(orders.c.amount_paid_fen - orders.c.refunded_fen), 0)
        found.append(_sum_of_person(p, spent, sold) >= segment.spent_min_fen)
    return found


def _first_of(today: date, days: int) -> Any:
    """When the first of the last `days` days began, today being one of them."""
    return midnight(today - timedelta(days=days - 1))


def _of_person(p: FromClause, table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether `table` has such a row of somebody in `p`, or of a player who was merged into him."""
    m = player_copies.alias("m")
    query = select(1).select_from(m.join(table, table.c.player_id == m.c.player_id))
    return exists(query.where(_is_him(m, p), *conditions).correlate(p))


def _sum_of_person(p: FromClause, value: Any, conditions: Sequence[ColumnElement[bool]]) -> Any:
    m = player_copies.alias("m")
    query = select(value).select_from(m.join(orders, orders.c.player_id == m.c.player_id))
    return query.where(_is_him(m, p), *conditions).correlate(p).scalar_subquery()


def _is_him(m: FromClause, p: FromClause) -> ColumnElement[bool]:
    return or_(m.c.player_id == p.c.player_id, m.c.merged_into == p.c.player_id)
